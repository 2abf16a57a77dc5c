"""The yardstick: the least a page with one chart can be, served with our settings."""

import altair as alt
import pandas as pd
import streamlit as st

frame = pd.DataFrame({"x": range(100), "y": [(7 * i) % 100 for i in range(100)]})

st.title("Minimal")
st.altair_chart(
    alt.Chart(frame)
    .mark_line()
    .encode(x=alt.X("x", type="quantitative"), y=alt.Y("y", type="quantitative"))
)
