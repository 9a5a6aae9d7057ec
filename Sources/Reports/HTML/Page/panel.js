// One case, whole. Everything here is made when it is opened, so that a page of thousands of cases stays quick.

function milliseconds(value) {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

async function copyText(text, button) {
  const before = button.textContent;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not every browser has a clipboard for file://; the older way works there.
    const area = make("textarea", {});
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
  }
  button.textContent = done ? "Copied" : "Select and copy";
  setTimeout(() => { button.textContent = before; }, 1200);
}

function referenceLink(text) {
  if (/^CVE-\d{4}-\d+$/.test(text)) {
    return make("a", { href: `https://nvd.nist.gov/vuln/detail/${text}`, rel: "noreferrer" }, text);
  }
  if (/^https?:\/\//.test(text)) return make("a", { href: text, rel: "noreferrer" }, text);
  return text;
}

function checksTable(checks) {
  const rows = checks.map((check) => make("tr", { class: check.holds ? "ok" : "no" },
    make("td", {}, make("span", { class: "mark", role: "img", "aria-label": check.holds ? "held:" : "failed:" },
      check.holds ? "✓" : "✗"), check.name),
    make("td", {}, check.expected),
    make("td", { class: "observed" }, check.observed)));
  return make("table", { class: "checks" }, make("caption", { class: "unseen" }, "What was expected and what was seen"),
    make("thead", {},
      make("tr", {}, ["check", "expected", "observed"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, rows));
}

function changeText(item) {
  const was = item.before ? `, it was ${item.before}` : "";
  return `Compared with the earlier run: ${item.change.label}${was}.`;
}

function panelView(item, { evidence, string, close, step }) {
  const { scenario } = item;
  const rule = scenario.rule && (scenario.url
    ? make("a", { href: scenario.url, rel: "noreferrer" }, scenario.rule) : scenario.rule);
  const chosen = item.choices.filter(([name]) => name !== "role")
    .map(([name, value]) => make("li", {}, `${name}: ${value}`));
  const copy = make("button", { type: "button", onclick: () => copyText(item.replay, copy) }, "Copy");
  const ended = (item.endings || []).map((line) => make("p", { class: "ended" }, line));
  return [
    make("div", { class: "top" },
      item.heading && make("b", {}, item.heading),
      make("span", { class: `outcome c-${item.outcome}` }, item.outcomeLabel),
      make("span", { class: "note" }, milliseconds(item.duration)),
      make("span", { class: "space" }),
      make("button", { type: "button", onclick: () => step(-1), "aria-label": "Previous case", title: "Previous case" }, "↑"),
      make("button", { type: "button", onclick: () => step(1), "aria-label": "Next case", title: "Next case" }, "↓"),
      make("button", { type: "button", onclick: close }, "Close")),
    make("h2", { id: "case-title" }, scenario.title),
    make("p", { class: "id" }, item.id),
    make("ul", { class: "meta" },
      rule && make("li", {}, rule),
      (scenario.origins || []).map((name) => make("li", { class: `origin-${name}` }, `origin: ${originLabels.get(name)}`)),
      scenario.importance && make("li", {}, `${scenario.importance} importance`),
      make("li", {}, `role: ${item.role}`), chosen,
      (scenario.refs || []).map((text) => make("li", {}, referenceLink(text))),
      scenario.file && make("li", {}, make("code", {}, scenario.file))),
    scenario.why && make("p", { class: "why" }, scenario.why),
    item.summary && make("p", { class: `summary c-${item.outcome}` }, item.summary),
    item.broken && make("p", { class: "broken" }, `Broken security invariant: ${item.broken.meaning}.`),
    item.waiver && make("p", { class: "note" }, "Known: ", make("code", {}, item.waiver.source),
      `: ${item.waiver.reason}`, item.waiver.link && [" ", referenceLink(item.waiver.link)]),
    item.change && make("p", { class: "note" }, changeText(item)),
    item.checks.length > 0 && [make("h3", {}, "Checks"), checksTable(item.checks)],
    ended.length > 0 && [make("h3", {}, "Manner of ending"), ended],
    item.replay && [make("h3", {}, "Replay"), make("div", { class: "replay" }, make("code", { tabindex: "0" }, item.replay), copy)],
    evidence && evidenceView(evidence, string),
    item.isShort && make("p", { class: "note" },
      "A pass, which this page has in short; the run.json of its run has its checks and what was seen."),
    !item.isShort && item.evidence === -1 && make("p", { class: "note" },
      "Legs, timeline and bytes of this case were left out to keep the page small; the run.json of its run has them."),
  ].flat(2).filter(Boolean);
}
