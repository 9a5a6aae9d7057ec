// The runs as the page was given them.

const byID = (id) => document.getElementById(id);
const data = JSON.parse(byID("data").textContent);
const string = (index) => data.strings[index];
const originLabels = new Map(data.origins);
const gradeOf = new Map(data.grades.map(([name, label, mark, says], severity) =>
  [name, { name, label, mark, severity, isFailure: says === 1, isSound: says === 0 }]));
const outcomeOf = new Map(data.outcomes.map(([name, label, letter]) => [letter, { name, label }]));
const scenarioNumbers = new Map(data.scenarios.map((scenario, number) => [scenario.id, number]));
const columnNumbers = new Map(data.columns.map((column, number) => [column.id, number]));

// A case's choices are numbers; behind them stand the rest of its id and its role, where the choices do not make them up.
function caseAt(scenario, number) {
  const raw = scenario.cases[number];
  const choices = raw.filter((part) => typeof part === "number").map((choice) => data.choices[choice]);
  const [rest, role] = raw.filter((part) => typeof part === "string");
  const end = rest ?? `[${choices.map(([name, value]) => `${name}=${value}`).join(",")}]`;
  return { id: end.startsWith(" ") ? end.slice(1) : scenario.id + end, choices, role: role ?? choices[0][1] };
}

// As CompatibilityGrade has it: a failure is one whether a waiver foretold it or not.
function gradeName(outcome, breaks, level) {
  if (breaks) return "broken";
  switch (outcome) {
    case "pass": case "unexpected-pass": return "held";
    case "pass-lenient": return "lenient";
    case "informational": return "free";
    case "fail-should": return "failed-should";
    case "flaky": return "unsteady";
    case "error": case "skipped": return "undecided";
    case "unsupported": return "unsupported";
    default: return level === "should" ? "failed-should" : "failed";
  }
}

// What each case of a scenario came to against one target, null where it was not asked. Of the facts an unsupported case has one,
// why; another has how it ended, bytes that came back, and milliseconds, or -1 alone where it had no client.
const decoded = new Map();
function results(scenario, column) {
  const key = `${scenario} ${column}`;
  if (!decoded.has(key)) decoded.set(key, decode(data.scenarios[scenario], data.cells[scenario][column]));
  return decoded.get(key);
}

function decode(scenario, cell) {
  if (!cell) return null;
  const details = new Map((cell.d || []).map(([number, ...rest]) => [number, rest]));
  let at = 0;
  return [...cell.o].map((letter, number) => {
    const outcome = outcomeOf.get(letter.toLowerCase());
    if (!outcome) return null;
    const breaks = letter !== letter.toLowerCase();
    const result = { number, outcome: outcome.name, outcomeLabel: outcome.label, detail: details.get(number) };
    result.grade = gradeOf.get(gradeName(outcome.name, breaks, scenario.level));
    if (outcome.name === "unsupported") result.why = string(cell.f[at++]);
    else if (cell.f[at] === -1) at += 1;
    else [result.ending, result.bytes, result.time] = [string(cell.f[at++]), cell.f[at++], cell.f[at++]];
    return result;
  });
}

// Everything that the panel of one case shows.
function caseItem(scenarioNumber, columnNumber, number) {
  const scenario = data.scenarios[scenarioNumber];
  const column = data.columns[columnNumber];
  const result = results(scenarioNumber, columnNumber)[number];
  const { id, choices, role } = caseAt(scenario, number);
  const [summary, checks, waiver, broken, evidence, replay] = result.detail || [-1, -1, -1, -1, -1];
  const ended = result.ending === undefined ? []
    : [`${result.ending}; ${result.bytes} byte${result.bytes === 1 ? "" : "s"} came back, after ${duration(result.time)}`];
  const command = replay === undefined ? column.replay : string(replay);
  return {
    id, scenario, choices, role,
    outcome: result.outcome, outcomeLabel: result.outcomeLabel, duration: result.time ?? 0,
    summary: result.why || (summary >= 0 ? string(summary) : ""),
    checks: (checks >= 0 ? data.checks[checks] : []).map(([name, expected, observed, holds]) =>
      ({ name: string(name), expected: string(expected), observed: string(observed), holds: holds === 1 })),
    waiver: Array.isArray(waiver) ? { source: string(waiver[0]), reason: string(waiver[1]), link: string(waiver[2]) } : null,
    broken: broken >= 0 ? { name: data.invariants[broken][0], meaning: data.invariants[broken][1] } : null,
    change: null,
    endings: ended,
    replay: command.replaceAll("\u0001", id),
    evidence: evidence === -2 ? -1 : undefined,
    observed: evidence >= 0 ? data.evidence[evidence] : null,
    isShort: result.outcome === "pass",
    heading: `${column.title} ${column.version}`,
  };
}

const duration = (time) => (time === 0 ? "less than 1 ms" : milliseconds(time));
