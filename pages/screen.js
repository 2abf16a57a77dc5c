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
  // A name in a table leads to its screen in this window, so that Back leads back; Streamlit opens another.
  addEventListener("click", (act) => {
    const link = act.target.closest?.('[data-testid="stMarkdownContainer"] a[target="_blank"]');
    const isPlain = !(act.button || act.ctrlKey || act.metaKey || act.shiftKey || act.altKey);
    if (!link || !isPlain || link.origin !== location.origin || link.pathname.includes("/api/")) return;
    act.preventDefault();
    push({}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate"));
  });
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
