// Sanitizes untrusted text: one function for each place that shows it.
export { jsonText } from "./json";
export { logLine, logLines } from "./logLine";
export { code, codeCell, fence, inline, inlineCell } from "./markdown";
export { escapeHtml, xmlAttribute, xmlText } from "./markup";
export { metricValue } from "./metric";
export { visible } from "./visible";
