export { readContent } from "./content";
export { type Parts, PartReader } from "./parts/reader";
export { readFingerprint } from "./read";
