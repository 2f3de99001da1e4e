import { cronAllowed, cronPattern, defaultTimeZone, isTimeZone, timeZoneAllowed, timeZonePattern } from "../cronWindow";
import { matching, type Rule } from "../shared/validation";

/** The names and values of the args of a deployment window. */
interface Window {
    cron: [arg: string, given: unknown];
    timeZone: [arg: string, given: unknown];
}

const zoneFix = `Leave it out for "${defaultTimeZone}".`;

export function windowRules({ cron, timeZone }: Window): Rule[] {
    return [
        matching(...cron, cronPattern, cronAllowed, 'For example "* * 9-16 ? * MON-THU".'),
        matching(...timeZone, timeZonePattern, timeZoneAllowed, zoneFix),
        ...zoneRules({ cron, timeZone }),
    ];
}

/** What the form of each arg does not show. */
export function zoneRules({ cron: [cronArg, cron], timeZone: [arg, given] }: Window): Rule[] {
    const hasForm = typeof given === "string" && timeZonePattern.test(given);
    return [
        {
            arg,
            kind: "Malformed",
            given,
            valid: !hasForm || isTimeZone(given),
            allowed: timeZoneAllowed,
            fix: zoneFix,
        },
        {
            arg,
            kind: "Conflict",
            given,
            valid: !hasForm || cron !== undefined,
            allowed: `nothing without ${cronArg}`,
            fix: "Leave it out.",
        },
    ];
}
