import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { cronPattern, isOpen, isTimeZone, opensAfter } from "../../components/cronWindow";
import { refuseOutsideWindow } from "../../scripts/delivery/safety/window";

describe("a deployment window", () => {
    const allowed = ["* * 9-16 ? * MON-THU", "* 0-30/10 9,14 1-7 * ?", "* * 22-4 ? JAN-NOV 2-6", "* */15 * ? * *"];
    for (const cron of allowed) {
        it(`may be ${cron}`, () => assert.match(cron, cronPattern));
    }
    const refused = [
        ...[
            "",
            "9-17",
            "0 * 9-16 ? * MON-THU",
            "* * 9-16 * * MON-THU",
            "* * 9-16 ? * ?",
            "* 60 * ? * *",
            "* * 24 ? * *",
        ],
        ...[
            "* * * 0 * ?",
            "* * * 32 * ?",
            "* * * ? 13 *",
            "* * * ? * 8",
            "* * * ? * MONDAY",
            "* * * L * ?",
            "* * * ? * 6L",
        ],
        ...["* * * ? * 6#3", "* * * 15W * ?", "* * * ? * * 2027", " * * * ? * *", "* * * ? * *\n", "* */0 * ? * *"],
    ];
    for (const cron of refused) {
        it(`is not ${JSON.stringify(cron)}`, () => assert.doesNotMatch(cron, cronPattern));
    }

    const open = (cron: string, timeZone: string, at: string) => isOpen({ cron, timeZone }, new Date(at));

    it("is open in the minutes that match, in its time zone", () => {
        const hours = "* * 9-16 ? * MON-THU";
        // A Monday, before and after the clocks change.
        for (const [at, expected] of [
            ["2026-03-02T08:00:00Z", true],
            ["2026-03-02T07:59:59Z", false],
            ["2026-03-02T15:59:59Z", true],
            ["2026-03-02T16:00:00Z", false],
            ["2026-03-30T07:00:00Z", true],
            ["2026-03-30T06:59:59Z", false],
            ["2026-03-06T10:00:00Z", false],
        ] as const) {
            assert.equal(open(hours, "Europe/Berlin", at), expected, at);
        }
    });

    it("takes steps, lists, names and ranges that pass the end, as Quartz does", () => {
        assert.equal(open("* 5/15 * ? * *", "UTC", "2026-03-02T08:20:00Z"), true);
        assert.equal(open("* 5/15 * ? * *", "UTC", "2026-03-02T08:15:00Z"), false);
        assert.equal(open("* * 22-4 ? * *", "UTC", "2026-03-02T23:00:00Z"), true);
        assert.equal(open("* * 22-4 ? * *", "UTC", "2026-03-02T04:59:00Z"), true);
        assert.equal(open("* * 22-4 ? * *", "UTC", "2026-03-02T05:00:00Z"), false);
        assert.equal(open("* * * ? * SAT-MON", "UTC", "2026-03-01T12:00:00Z"), true);
        assert.equal(open("* * * ? * SAT-MON", "UTC", "2026-03-03T12:00:00Z"), false);
        assert.equal(open("* * * 1-7 * ?", "UTC", "2026-03-07T12:00:00Z"), true);
        assert.equal(open("* * * 1-7 * ?", "UTC", "2026-03-08T12:00:00Z"), false);
        assert.equal(open("* * * ? DEC *", "UTC", "2026-03-08T12:00:00Z"), false);
    });

    it("opens at the first minute from which it is open", () => {
        const window = { cron: "* * 9-16 ? * MON-THU", timeZone: "UTC" };
        assert.deepEqual(opensAfter(window, new Date("2026-03-06T12:00:00Z")), new Date("2026-03-09T09:00:00Z"));
        assert.equal(
            opensAfter({ cron: "* * * 1 JAN ?", timeZone: "UTC" }, new Date("2026-03-06T12:00:00Z")),
            undefined,
        );
    });

    it("is open at each minute in exactly one of the hours", () => {
        fc.assert(
            fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") }), (at) => {
                const hours = Array.from({ length: 24 }, (_, hour) => `* * ${hour} ? * *`);
                return hours.filter((cron) => isOpen({ cron, timeZone: "Asia/Kolkata" }, at)).length === 1;
            }),
            { numRuns: 50 },
        );
    });

    it("is in a time zone that exists", () => {
        assert.deepEqual(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"].map(isTimeZone), [
            true,
            true,
            true,
        ]);
        assert.deepEqual(["Europe/Bonn", "Mars", "", "../UTC"].map(isTimeZone), [false, false, false, false]);
    });

    it("ends a deployment whose approval came too late, before it changes anything", () => {
        const guards = { deploymentWindow: "* * 9-16 ? * MON-THU", deploymentWindowTimeZone: "UTC" };
        refuseOutsideWindow(guards, new Date("2026-03-05T16:59:59Z"));
        refuseOutsideWindow({}, new Date("2026-03-05T17:00:00Z"));
        assert.throws(() => refuseOutsideWindow(guards, new Date("2026-03-05T17:00:00Z")), {
            code: "AP1112",
            exitCode: 2,
            facts: {
                now: "2026-03-05T17:00:00.000Z",
                window: "* * 9-16 ? * MON-THU (UTC)",
                opens: ", which opens at 2026-03-09T09:00:00.000Z",
            },
        });
    });
});
