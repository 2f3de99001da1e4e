/** Replaces secrets in whatever leaves the program: text as it is, and as URLs, JSON and XML would write it. */
export function redactor(secrets: string[]): (text: string) => string {
    const forms = [...new Set(secrets.filter(Boolean).flatMap(formsOf))].sort((a, b) => b.length - a.length);
    return (text) => forms.reduce((redacted, form) => redacted.replaceAll(form, "***"), text);
}

function formsOf(secret: string): string[] {
    const xml = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    return [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        xml,
        xml.replaceAll('"', "&quot;").replaceAll("'", "&apos;"),
    ];
}
