/** Where an action writes what it found, for people and for later stages. Secrets are redacted on the way. */
export interface ActionOutputs {
    /** Data rendered for people. */
    page<T>(name: string, data: T, layOut: (data: T) => string): void;
    /** Returns what was written. */
    json(name: string, value: unknown): string;
    report(suites: Suite[]): void;
    /** Reports a failure that ended a build before it could report itself. */
    reportFailure(name: string, message: string): void;
    /** Values for later stages: characters that are not allowed in them become `_`. */
    exports(variables: Record<string, string | number>): void;
}

/** A test suite on CodeBuild's report tab. */
export interface Suite {
    name: string;
    cases: Case[];
    /** Further properties, by name. */
    properties?: Record<string, string>;
}

export interface Case {
    name: string;
    /** The file of the changeset or check. */
    file: string;
    seconds: number;
    /** Why it failed. */
    failure?: string;
    /** Why it did not run. */
    skipped?: string;
}

/** A line that must not be sanitized: CloudWatch parses it. */
export class MetricLine {
    constructor(readonly json: string) {}
}
