// The run as the page was given it.

const data = JSON.parse(document.getElementById("data").textContent);
const string = (index) => data.strings[index];
const originLabels = new Map(data.origins);
const byID = (id) => document.getElementById(id);

// Cases as they came: s scenario, i rest of the id, r role, o outcome, d milliseconds, h choices, m summary, p replay
// (U+0001 stands for the id), b broken invariant, g cause, k kind of change and the outcome before, w waiver, c list of checks,
// e endings, x evidence (-1: left out).
const cases = data.cases.map((raw, index) => {
  const scenario = data.scenarios[raw.s];
  const rest = string(raw.i);
  const id = rest.startsWith("\u0001") ? rest.slice(1) : scenario.id + rest;
  const [outcome, outcomeLabel] = data.outcomes[raw.o];
  const named = (pair) => pair && { name: pair[0], meaning: pair[1], label: pair[1] };
  return {
    index, id, scenario, outcome, outcomeLabel, severity: raw.o, role: data.roles[raw.r], duration: raw.d,
    area: scenario.id.split(".")[0],
    choices: raw.h.map(([name, value]) => [string(name), string(value)]),
    summary: raw.m === undefined ? "" : string(raw.m),
    replay: raw.p === undefined ? "" : string(raw.p).replaceAll("\u0001", id),
    broken: raw.b === undefined ? null : named(data.invariants[raw.b]),
    cause: raw.g,
    change: raw.k ? named(data.kinds[raw.k[0]]) : null,
    before: raw.k && raw.k[1] >= 0 ? data.outcomes[raw.k[1]][1] : "",
    waiver: raw.w ? { source: string(raw.w[0]), reason: string(raw.w[1]), link: string(raw.w[2]) } : null,
    checks: (raw.c === undefined ? [] : data.checks[raw.c]).map(([name, expected, observed, holds]) =>
      ({ name: string(name), expected: string(expected), observed: string(observed), holds: holds === 1 })),
    endings: (raw.e || []).map(string),
    evidence: raw.x,
  };
});
for (const item of cases) {
  item.text = [item.id, item.scenario.title, item.scenario.rule,
    (item.scenario.origins || []).join(" "), item.summary, item.outcomeLabel,
    item.endings.join(" "),
    (item.scenario.refs || []).join(" "), (item.scenario.tags || []).join(" ")].join("\n").toLowerCase();
}
