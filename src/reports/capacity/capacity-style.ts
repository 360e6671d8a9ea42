/** The style sheet of the page: light, dark and paper. */
export const CAPACITY_STYLE = `
:root { color-scheme: light dark; --text: #1c2024; --faint: #5c6370; --line: #d8dce2; --page: #fff;
  --good: #13703a; --bad: #b3261e; --p99: #b3261e; --p95: #a35200; --mean: #57606a; --p50: #1f5fbf; --knee: #6b3fa0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --faint: #a3aab5; --line: #3a404a; --page: #16181c;
  --good: #5fcf8f; --bad: #ff8a80; --p99: #ff8a80; --p95: #f5b26b; --mean: #b6bec9; --p50: #8ab4ff; --knee: #c6a3f5; } }
@media print { :root { color-scheme: light; } section { break-inside: avoid; } }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; } .faint { color: var(--faint); } .answer { font-size: 1.25rem; } .good { color: var(--good); } .bad { color: var(--bad); }
svg { width: 100%; height: auto; font-size: 13px; } text { fill: var(--text); }
.axis line { stroke: var(--line); } .axis text { fill: var(--faint); }
polyline { fill: none; stroke-width: 2; } circle { stroke-width: 2; } circle.failed { fill: var(--page); }
.p99 polyline, .p99 circle { stroke: var(--p99); } .p99 circle.held { fill: var(--p99); } text.p99 { fill: var(--p99); }
.p95 polyline, .p95 circle { stroke: var(--p95); } .p95 circle.held { fill: var(--p95); } text.p95 { fill: var(--p95); }
.mean polyline, .mean circle { stroke: var(--mean); } .mean circle.held { fill: var(--mean); } text.mean { fill: var(--mean); }
.p50 polyline, .p50 circle { stroke: var(--p50); } .p50 circle.held { fill: var(--p50); } text.p50 { fill: var(--p50); }
.mean polyline { stroke-dasharray: 5 4; }
.knee line { stroke: var(--knee); stroke-dasharray: 2 4; stroke-width: 2; } .knee text { fill: var(--knee); }
.capacity line { stroke: var(--good); stroke-width: 2; } .capacity text { fill: var(--good); font-weight: 600; }
.promise line { stroke: var(--bad); stroke-dasharray: 8 4; } .promise text { fill: var(--bad); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--faint); font-weight: 500; } td.text, th.text { text-align: left; white-space: normal; }
`
