// What the keys and the controls do.

function explain() {
  byID("legend").open = true;
  byID("legend").querySelector("summary").focus();
  byID("legend").scrollIntoView({ block: "start" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.key === "Escape") {
    if (!byID("panel").hidden) {
      // From a case back to its scenario, and from there out.
      if (state.c) openScenario(scenarioNumbers.get(state.s), columnNumbers.get(state.t));
      else dismiss();
    } else if (isTyping) event.target.blur();
  } else if (!isTyping && event.key === "?") {
    explain();
  } else if (!isTyping && event.key === "/") {
    byID("filter").focus();
  } else {
    return;
  }
  event.preventDefault();
});

byID("filter").addEventListener("input", (event) => { state.q = event.target.value; changed(); });
for (const [id, key] of Object.entries(selects)) {
  byID(id).addEventListener("change", (event) => {
    state[key] = event.target.value;
    // All alike or not is no longer what differs.
    if (key === "d" && state.v === "differs" && !state.d) { state.v = ""; showView(); }
    changed();
  });
}
byID("reset").addEventListener("click", () => {
  for (const key of ["v", "q", "f", "g", "d", "o", "l"]) state[key] = "";
  showView();
  changed();
});
byID("unfold").addEventListener("click", () => {
  const isOpening = Boolean(grid.querySelector("tbody.area:not(.open)"));
  for (const body of grid.querySelectorAll("tbody.area")) body.classList.toggle("open", isOpening);
  draw();
});
window.addEventListener("hashchange", applyAddress);
applyAddress();
