// Sanitizes untrusted text: one function for each place that shows it.
export { escapeHtml } from "./html";
export { jsonText } from "./json";
export { logLine, logLines } from "./logLine";
export { code, codeCell, fence, inline, inlineCell } from "./markdown";
export { metricValue } from "./metric";
export { visible } from "./visible";
export { xmlAttribute, xmlText } from "./xml";
