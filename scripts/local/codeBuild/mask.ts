/** Masks secrets in a log line, as CodeBuild does. The longest first: one may be part of another. */
export function createMask(secrets: readonly string[]): (line: string) => string {
    const values = [...new Set(secrets)].filter(Boolean).sort((one, other) => other.length - one.length);
    return (line) => values.reduce((text, secret) => text.replaceAll(secret, "***"), line);
}
