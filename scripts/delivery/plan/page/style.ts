/** The page's style: one column, system fonts, light and dark, readable in print. */
export const style = `
:root {
    color-scheme: light dark;
    --page: #f6f7f9; --card: #ffffff; --text: #1b2330; --soft: #55617a; --line: #d9dee7; --code: #f0f2f6;
    --good: #176b3a; --good-soft: #e2f3e8; --warn: #8a5300; --warn-soft: #fdf0d9; --bad: #b3261e; --bad-soft: #fde7e5;
    --bar: #4a6fd0; --bar-soft: #c3d0f0; --accent: #2f55b8;
}
@media (prefers-color-scheme: dark) {
    :root {
        --page: #12161d; --card: #1b212b; --text: #e7ebf2; --soft: #a4b0c4; --line: #333d4d; --code: #141a23;
        --good: #6fd39a; --good-soft: #17352a; --warn: #f0b75c; --warn-soft: #3a2c14; --bad: #ff938a; --bad-soft: #431f1d;
        --bar: #7e9df0; --bar-soft: #33446f; --accent: #9db6ff;
    }
}
* { box-sizing: border-box; }
body {
    margin: 0; background: var(--page); color: var(--text);
    font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .35rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1.02rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .35rem 0; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { font-size: .9em; overflow-wrap: anywhere; }
pre {
    margin: .75rem 0 0; padding: .75rem .9rem; background: var(--code); border: 1px solid var(--line); border-radius: 6px;
    font-size: .85rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4;
}
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; padding: 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 8px; padding: .7rem .85rem; }
.tile dt { font-size: .8rem; color: var(--soft); }
.tile dd { margin: 0; font-size: 1.15rem; font-weight: 650; overflow-wrap: anywhere; }
.tile dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--soft); }
.tile.good { border-left-color: var(--good); } .tile.good dd { color: var(--good); }
.tile.warn { border-left-color: var(--warn); } .tile.warn dd { color: var(--warn); }
.tile.bad { border-left-color: var(--bad); } .tile.bad dd { color: var(--bad); }
.tile.good dd small, .tile.warn dd small, .tile.bad dd small { color: var(--soft); }
.notice { border-radius: 8px; padding: .75rem 1rem; margin: 1.25rem 0 0; }
.notice ul { margin: .25rem 0 0; padding-left: 1.2rem; } .notice li { overflow-wrap: anywhere; }
.notice.bad { background: var(--bad-soft); border: 1px solid var(--bad); }
.notice.warn { background: var(--warn-soft); border: 1px solid var(--warn); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.1rem; margin: 0 0 .9rem; }
.card header { display: flex; flex-wrap: wrap; gap: .35rem .6rem; align-items: baseline; }
.number { color: var(--soft); font-variant-numeric: tabular-nums; }
.tag { font-size: .78rem; border-radius: 999px; padding: .05rem .55rem; border: 1px solid var(--line); color: var(--soft); }
.tag.good { color: var(--good); border-color: var(--good); } .tag.warn { color: var(--warn); border-color: var(--warn); }
.tag.bad { color: var(--bad); border-color: var(--bad); }
.finding { border-left: 4px solid var(--warn); padding: .1rem 0 .1rem .8rem; margin: .8rem 0 0; overflow-wrap: anywhere; }
.finding.bad { border-left-color: var(--bad); } .finding.waived { border-left-color: var(--line); }
.finding strong { font-weight: 650; }
a { color: var(--accent); }
details { margin: .6rem 0 0; } summary { cursor: pointer; color: var(--accent); font-size: .9rem; width: fit-content; }
.locks { list-style: none; margin: 0; padding: 0; }
.locks li { padding: .55rem 0; border-top: 1px solid var(--line); } .locks li:first-child { border-top: 0; padding-top: 0; }
.locks .what { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; overflow-wrap: anywhere; }
.locks .time { font-variant-numeric: tabular-nums; }
.scale { position: relative; height: .8rem; margin-top: .3rem; background: var(--code); border: 1px solid var(--line); border-radius: 4px; }
.scale .most, .scale .least { position: absolute; inset: 0 auto 0 0; border-radius: 3px; min-width: 2px; }
.scale .most { background: var(--bar-soft); } .scale .least { background: var(--bar); }
.scale.over .least { background: var(--bad); } .scale.over .most { background: var(--bad-soft); }
.scale .budget { position: absolute; top: -.25rem; bottom: -.25rem; width: 2px; background: var(--text); }
.lowered { list-style: none; margin: 0; padding: 0; overflow-wrap: anywhere; } .lowered p { margin: .2rem 0 0; }
.lowered li { padding: .35rem 0; border-top: 1px solid var(--line); } .lowered li:first-child { border-top: 0; }
footer { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) {
    main { padding: 1.25rem .85rem 2rem; } h1 { font-size: 1.35rem; }
    .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
}
@media print {
    :root {
        --page: #fff; --card: #fff; --text: #000; --soft: #444; --line: #bbb; --code: #fff;
        --good: #176b3a; --good-soft: #fff; --warn: #8a5300; --warn-soft: #fff; --bad: #b3261e; --bad-soft: #fff;
    }
    main { max-width: none; padding: 0; }
    .card, .tile, .notice { break-inside: avoid-page; }
    .scale, .scale span, .tile { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    details::details-content { content-visibility: visible; block-size: auto; }
}
`;
