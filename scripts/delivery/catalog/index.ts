export { columnOrder, differences, onlyColumnOrder, renderDifferences, type Difference } from "./differences";
export { fingerprintFormat, fingerprintOf, incomparable, keyOf, type Entry, type Fingerprint } from "./fingerprint";
export { readFingerprint, trackingTables, type CatalogClient, type FingerprintOptions } from "./read";
export { contentEntries, readContent, rowsOf, type ContentOptions, type TableContent } from "./content";
