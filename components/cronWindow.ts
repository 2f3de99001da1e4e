/**
 * When deployments may begin: a cron expression as CodePipeline's rule DeploymentWindow reads it, and a time zone. A
 * time is in the window if its minute matches. This file depends on neither Pulumi nor Node: config, components, the
 * delivery program and the local run share it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
 */
export interface CronWindow {
    cron: string;
    timeZone: string;
}

export const defaultTimeZone = "UTC";

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** A field of the expression: its values are whole numbers; `names` are names for them, from `least` on. */
interface Field {
    least: number;
    most: number;
    names?: string[];
}

/** After the seconds, in order. A day is the first field of these that is not `?`. */
const fields = {
    minute: { least: 0, most: 59 },
    hour: { least: 0, most: 23 },
    dayOfMonth: { least: 1, most: 31 },
    month: { least: 1, most: 12, names: months },
    dayOfWeek: { least: 1, most: 7, names: days },
} satisfies Record<string, Field>;
type FieldName = keyof typeof fields;

const form = (field: Field): string => {
    const numbers = Array.from({ length: field.most - field.least + 1 }, (_, index) => String(field.least + index));
    const value = `(?:${[...numbers, ...(field.names ?? [])].sort((one, other) => other.length - one.length).join("|")})`;
    const part = `(?:\\*|${value}(?:-${value})?)(?:/[1-9]\\d?)?`;
    return `${part}(?:,${part})*`;
};
const dayForms = `(?:${form(fields.dayOfMonth)} ${form(fields.month)} \\?|\\? ${form(fields.month)} ${form(fields.dayOfWeek)})`;

/**
 * The expressions that are allowed: seconds are always `*`, and one of the two days is `?`. CodePipeline also takes
 * years and `L`, `W` and `#`, which the builds, which check the window too, do not.
 */
export const cronPattern = new RegExp(`^\\* ${form(fields.minute)} ${form(fields.hour)} ${dayForms}$`);
export const cronAllowed =
    "a cron expression of six fields (* minutes hours day-of-month month day-of-week), one of the two days ?, with , - * and / only";
/** Whether there is such a zone is {@link isTimeZone}. */
export const timeZonePattern = /^[A-Za-z][A-Za-z0-9_+-]{1,31}(?:\/[A-Za-z][A-Za-z0-9_+-]{1,31}){0,2}$/;
export const timeZoneAllowed = "a time zone of the IANA database, such as Europe/Berlin";

/** Whether there is such a time zone. */
export function isTimeZone(name: string): boolean {
    try {
        new Intl.DateTimeFormat("en", { timeZone: name });
        return timeZonePattern.test(name);
    } catch {
        return false;
    }
}

/** Whether a deployment may begin at this time. */
export function isOpen({ cron, timeZone }: CronWindow, at: Date): boolean {
    const local = localTime(timeZone, at);
    const [, ...expressions] = cron.split(" ");
    return (Object.keys(fields) as FieldName[]).every((name, index) =>
        matches(expressions[index] ?? "?", fields[name], local[name]),
    );
}

const minute = 60_000;
/** How far ahead {@link opensAfter} looks. */
const horizonMinutes = 8 * 24 * 60;

/** The first minute from this time on at which the window is open; undefined if that is more than a week away. */
export function opensAfter(window: CronWindow, at: Date): Date | undefined {
    const first = Math.floor(at.getTime() / minute);
    for (let ahead = 0; ahead < horizonMinutes; ahead++) {
        const time = ahead === 0 ? at : new Date((first + ahead) * minute);
        if (isOpen(window, time)) return time;
    }
    return undefined;
}

function matches(expression: string, field: Field, value: number): boolean {
    return (
        expression === "?" ||
        expression.split(",").some((part) => {
            const [range = "", step] = part.split("/");
            const [from, to] = boundsOf(range, field, step !== undefined);
            const size = field.most - field.least + 1;
            // A range may pass the end: FRI-MON.
            const distance = (value - from + size) % size;
            return distance <= (to - from + size) % size && distance % Number(step ?? 1) === 0;
        })
    );
}

/** `5/15` begins at 5 and goes on to the end. */
function boundsOf(range: string, field: Field, hasStep: boolean): [from: number, to: number] {
    if (range === "*") return [field.least, field.most];
    const [from = "", to] = range.split("-");
    const first = numberOf(from, field);
    return [first, to === undefined ? (hasStep ? field.most : first) : numberOf(to, field)];
}

function numberOf(text: string, { least, names = [] }: Field): number {
    return names.includes(text) ? names.indexOf(text) + least : Number(text);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(timeZone: string, at: Date): Record<FieldName, number> {
    let format = formats.get(timeZone);
    if (format === undefined) {
        const numeric = "numeric" as const;
        format = new Intl.DateTimeFormat("en-US", {
            ...{ timeZone, hourCycle: "h23", weekday: "short" },
            ...{ month: numeric, day: numeric, hour: numeric, minute: numeric },
        });
        formats.set(timeZone, format);
    }
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
        minute: Number(parts["minute"]),
        hour: Number(parts["hour"]),
        dayOfMonth: Number(parts["day"]),
        month: Number(parts["month"]),
        dayOfWeek: days.indexOf((parts["weekday"] ?? "").toUpperCase()) + 1,
    };
}
