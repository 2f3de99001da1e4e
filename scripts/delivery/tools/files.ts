/** A file of the repository that the migration tool reads when a changeset runs. */
export interface FileRead {
    /** Path in the migrations directory, or in a jar of it. */
    path: string;
    bytes: number;
    sha256: string;
}

/** A one-line description. */
export function describeFile({ path, bytes, sha256 }: FileRead): string {
    return `${path} (${bytes.toLocaleString("en-US")} bytes, SHA-256 ${sha256})`;
}
