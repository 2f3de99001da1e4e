export { columnOrder, differences, onlyColumnOrder, renderDifferences, type Difference } from "./differences";
export { fingerprintOf, incomparable, keyOf, type Entry, type Fingerprint } from "./fingerprint";
export { readFingerprint, trackingTables, type FingerprintOptions } from "./read";
export { contentEntries, readContent, rowsOf, type TableContent } from "./content";
