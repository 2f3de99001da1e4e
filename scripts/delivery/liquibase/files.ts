/** A file of the repository that Liquibase reads when a changeset runs, as `FilesRead.java` says it. */
export interface FileRead {
    /** Path in the migrations directory, or in a jar of it. */
    path: string;
    bytes: number;
    sha256: string;
}

/** In one line. */
export function describeFile({ path, bytes, sha256 }: FileRead): string {
    return `${path} (${bytes.toLocaleString("en-US")} bytes, SHA-256 ${sha256})`;
}
