export { carryOver } from "./carryOver";
export { contentEntries, rowsOf, type TableContent } from "./content";
export {
    columnOrder,
    differences,
    everyDifference,
    onlyColumnOrder,
    renderDifferences,
    withDifferences,
    type Difference,
} from "./differences";
export {
    fingerprintOf,
    incomparable,
    keyOf,
    type Entry,
    type Fingerprint,
    type FingerprintOptions,
    type ServerVersions,
} from "./fingerprint";
export { asRefusal } from "./refusal";
export { catalogIn, MalformedRecord, type RecordedCatalog, type RecordedDeployment } from "./recorded";
