// RDS's two windows, as arithmetic on the minutes of a week that begins on Monday at 00:00 UTC.

const minutesOfDay = 24 * 60;
const minutesOfWeek = 7 * minutesOfDay;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** The minimum that RDS accepts (botocore, rds, `CreateDBClusterMessage`: "Must be at least 30 minutes."). */
const leastMinutes = 30;

/** The start, and the duration in minutes; it may extend into the next week. */
export interface Interval {
    start: number;
    minutes: number;
}

const time = "([01]\\d|2[0-3]):([0-5]\\d)";
const daily = new RegExp(`^${time}-${time}$`);
const weekly = new RegExp(`^(${days.join("|")}):${time}-(${days.join("|")}):${time}$`);

/** `02:00-03:00`: the same minutes of every day. Undefined if RDS would reject it. */
export function dailyWindow(window: unknown): Interval[] | undefined {
    const match = typeof window === "string" ? daily.exec(window) : null;
    if (match === null) {
        return undefined;
    }
    const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number) as [number, number, number, number, number];
    const start = fromHour * 60 + fromMinute;
    const minutes = modulo(toHour * 60 + toMinute - start, minutesOfDay);
    return minutes < leastMinutes ? undefined : days.map((_, day) => ({ start: day * minutesOfDay + start, minutes }));
}

/** `sun:03:00-sun:04:00`: the same minutes of every week. Undefined if RDS would reject it. */
export function weeklyWindow(window: unknown): Interval[] | undefined {
    const match = typeof window === "string" ? weekly.exec(window) : null;
    if (match === null) {
        return undefined;
    }
    const [, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = match as unknown as string[];
    const start = minuteOfWeek(fromDay, fromHour, fromMinute);
    const minutes = modulo(minuteOfWeek(toDay, toHour, toMinute) - start, minutesOfWeek);
    return minutes < leastMinutes ? undefined : [{ start, minutes }];
}

/** Whether two windows overlap. */
export function overlap(some: Interval[], others: Interval[]): boolean {
    return some.some((one) => others.some((other) => meets(one, other) || meets(other, one)));
}

/**
 * Whether a daily job of AWS Backup starts within a window or in the hour before it, which AWS Backup's guide advises
 * against for Amazon RDS. Only schedules of the form `cron(<minute> <hour> * * ? *)` can be checked.
 */
export function collidesWithDailyJob(schedule: string, window: Interval[]): boolean {
    const match = /^cron\((\d+) (\d+) \* \* \? \*\)$/.exec(schedule);
    if (match === null) {
        return false;
    }
    const minute = Number(match[2]) * 60 + Number(match[1]);
    const hourAfter = days.map((_, day) => ({ start: day * minutesOfDay + minute, minutes: 60 }));
    return overlap(hourAfter, window);
}

function minuteOfWeek(day = "", hour = "", minute = ""): number {
    return days.indexOf(day) * minutesOfDay + Number(hour) * 60 + Number(minute);
}

/** Whether the second window begins during the first. */
function meets(first: Interval, second: Interval): boolean {
    return modulo(second.start - first.start, minutesOfWeek) < first.minutes;
}

function modulo(value: number, divisor: number): number {
    return ((value % divisor) + divisor) % divisor;
}
