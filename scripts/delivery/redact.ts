/** Replaces secrets in all output: as plain text, and as encoded in URLs, JSON and XML. */
export class Redactor {
    private forms: string[] = [];

    constructor(secrets: string[] = []) {
        secrets.forEach((secret) => this.hide(secret));
    }

    /** Adds a secret. */
    readonly hide = (secret: string): void => {
        if (secret !== "") {
            this.forms = [...new Set([...this.forms, ...formsOf(secret)])].sort((a, b) => b.length - a.length);
        }
    };

    readonly redact = (text: string): string => this.forms.reduce((all, form) => all.replaceAll(form, "***"), text);
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

/** The same data with each string replaced. */
export function replaceTexts<T>(data: T, replace: (text: string) => string): T {
    return replaced(data, replace) as T;
}

function replaced(data: unknown, replace: (text: string) => string): unknown {
    if (typeof data === "string") {
        return replace(data);
    }
    if (Array.isArray(data)) {
        return data.map((item) => replaced(item, replace));
    }
    return typeof data === "object" && data !== null
        ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, replaced(value, replace)]))
        : data;
}
