/* What a person does is one step of the way back. Streamlit takes a step for each thing that a screen writes into its
   address, up to four a screen; those that follow from the same act, and what is typed, stay in its step. */
(() => {
  let hasActed = false;
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  const place = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.delete("draft");
    return url.href;
  };
  for (const act of ["pointerdown", "click", "keydown"]) addEventListener(act, () => { hasActed = true; }, true);
  addEventListener("popstate", () => { hasActed = false; }, true);
  history.pushState = (state, title, address) => {
    const isStep = hasActed && place(address) !== place(location.href);
    if (isStep) hasActed = false;
    (isStep ? push : replace)(state, title, address);
  };
})();

// On a phone the menu lies over the screen, and would stay there over the one that was chosen in it.
addEventListener("click", ({target}) => {
  if (innerWidth < 768 && target.closest?.('[data-testid="stSidebar"] a'))
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
});
