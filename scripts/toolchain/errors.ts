/** Something that the user can put right. */
export class ToolchainError extends Error {}
