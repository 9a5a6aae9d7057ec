// Which part of the page is shown, and which scenarios. All of it is in the address, so that a view can be sent to someone; an
// address without "=" is that of an element, as it is without this script.

// v view, q text, f target, g grade, d difference, o origin, l level; s is the open scenario, c the open case and t its target.
const state = { v: "", q: "", f: "", g: "", d: "", o: "", l: "", s: "", c: "", t: "" };
const selects = { target: "f", grade: "g", differ: "d", origin: "o", level: "l" };
const views = new Set([...document.querySelectorAll(".views a")].map((link) => link.dataset.view));

function readHash() {
  const hash = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  for (const key of Object.keys(state)) state[key] = hash.get(key) || "";
  if (!views.has(state.v)) state.v = "";
}

function writeHash() {
  const hash = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) if (value) hash.set(key, value);
  const text = hash.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function showView() {
  document.body.dataset.view = state.v || "scenarios";
  for (const link of document.querySelectorAll(".views a")) {
    if (link.dataset.view === document.body.dataset.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// An element that the address names: its view, and what it is folded into, is opened first.
function showElement(id) {
  const element = byID(id);
  if (!element) return;
  const section = element.closest("main > section");
  if (section && views.has(section.id)) state.v = section.id === "scenarios" ? "" : section.id;
  showView();
  if (element.matches("tr")) {
    element.closest("tbody").classList.add("open");
    draw();
  }
  const box = element.closest("details");
  if (box) box.open = true;
  element.classList.add("aimed");
  element.scrollIntoView({ block: "center" });
}

function applyAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  readHash();
  showView();
  draw();
  if (state.c && columnNumbers.has(state.t)) openCaseNamed(state.c, columnNumbers.get(state.t));
  else if (state.s && scenarioNumbers.has(state.s)) openScenario(scenarioNumbers.get(state.s));
  else closePanel();
  if (id && !id.includes("=")) showElement(id);
}

for (const link of document.querySelectorAll(".views a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    state.v = link.dataset.view === "scenarios" ? "" : link.dataset.view;
    state.d = "";
    writeHash();
    showView();
    draw();
  });
}
