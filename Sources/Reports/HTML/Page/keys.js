// What the keys and the controls do.

function explain() {
  byID("legend").open = true;
  byID("legend").querySelector("summary").focus();
  byID("legend").scrollIntoView({ block: "start" });
}

function showCases(isAtOnce) {
  const isCalm = isAtOnce || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  byID("toolbar").scrollIntoView({ behavior: isCalm ? "instant" : "smooth" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  const isOpen = !byID("panel").hidden;
  if (event.key === "Escape") {
    if (isOpen) close();
    else if (isTyping) event.target.blur();
  } else if (!isTyping && event.key === "?") {
    explain();
  } else if (!isTyping && event.key === "/") {
    byID("filter").focus();
  } else if (!isTyping && (event.key === "j" || event.key === "k")) {
    const direction = event.key === "j" ? 1 : -1;
    if (isOpen) step(direction);
    else select(selected + direction, { focus: true });
  } else {
    return;
  }
  event.preventDefault();
});

byID("filter").addEventListener("input", (event) => { state.q = event.target.value; changed(); });
for (const [id, key] of Object.entries(selects)) {
  if (byID(id)) byID(id).addEventListener("change", (event) => { state[key] = event.target.value; changed(); });
}
byID("reset").addEventListener("click", () => {
  for (const key of single) if (key !== "c") state[key] = "";
  state.o = new Set();
  changed();
});
byID("explain").addEventListener("click", explain);
for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => {
    const { outcome } = chip.dataset;
    if (!state.o.delete(outcome)) state.o.add(outcome);
    changed();
  });
}
for (const cell of document.querySelectorAll("#matrix button")) {
  cell.addEventListener("click", () => {
    const { area, role } = cell.dataset;
    const isOn = state.a === area && state.r === role;
    state.a = isOn ? "" : area;
    state.r = isOn ? "" : role;
    changed();
    showCases();
  });
}
byID("list").addEventListener("focusin", (event) => {
  const index = rows.findIndex((row) => row.element === event.target);
  if (index >= 0 && index !== selected) select(index, { scroll: false });
});
window.addEventListener("hashchange", () => {
  // The skip link's place is an element, and no state.
  if (location.hash && !location.hash.includes("=")) return;
  applyHash();
  // A link to a cause or an invariant leads to its cases, for eyes and for the keyboard.
  if (location.hash && !state.c) {
    byID("cases").focus({ preventScroll: true });
    showCases();
  }
});
byID("toolbar").hidden = false;
applyHash();
if (["x", "d", "b"].some((key) => state[key] !== "") && !state.c) showCases(true);
