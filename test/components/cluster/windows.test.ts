import assert from "node:assert/strict";
import * as fc from "fast-check";
import { auroraDefaults } from "../../../components/cluster/args";
import { collidesWithDailyJob, dailyWindow, overlap, weeklyWindow } from "../../../components/cluster/windows";
import { backupDefaults } from "../../../components/operations/backup";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const week = 7 * 24 * 60;

const two = (value: number) => `${value}`.padStart(2, "0");
const clock = (minute: number) => `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
const moment = (minute: number) => `${days[Math.floor(minute / 1440) % 7]}:${clock(minute)}`;

/** A daily window and the minutes of the week that it covers, counted one by one. */
const someDaily = fc.record({ start: fc.nat(1439), minutes: fc.integer({ min: 30, max: 1439 }) }).map((given) => ({
    text: `${clock(given.start)}-${clock(given.start + given.minutes)}`,
    covers: (minute: number) => (minute - given.start + 2 * 1440) % 1440 < given.minutes,
}));
const someWeekly = fc.record({ start: fc.nat(week - 1), minutes: fc.integer({ min: 30, max: 2880 }) }).map((given) => ({
    text: `${moment(given.start)}-${moment((given.start + given.minutes) % week)}`,
    covers: (minute: number) => (minute - given.start + week) % week < given.minutes,
}));
const minutes = Array.from({ length: week }, (_, minute) => minute);

describe("windows of RDS", () => {
    it("overlap exactly if a minute of the week is in both", () => {
        fc.assert(
            fc.property(someDaily, someWeekly, (daily, weekly) => {
                const common = minutes.some((minute) => daily.covers(minute) && weekly.covers(minute));
                const [one, other] = [dailyWindow(daily.text) ?? [], weeklyWindow(weekly.text) ?? []];
                assert.equal(overlap(one, other), common, `${daily.text} ${weekly.text}`);
                assert.equal(overlap(other, one), common);
            }),
        );
    });

    it("conflict with a daily job in them or in the hour before", () => {
        fc.assert(
            fc.property(someWeekly, fc.nat(1439), (weekly, job) => {
                const schedule = `cron(${job % 60} ${Math.floor(job / 60)} * * ? *)`;
                const near = minutes.some((minute) => weekly.covers(minute) && (minute - job + 1440) % 1440 < 60);
                assert.equal(collidesWithDailyJob(schedule, weeklyWindow(weekly.text) ?? []), near, weekly.text);
            }),
        );
    });

    it("are not checked against a schedule that is not daily", () => {
        const window = dailyWindow("05:00-06:00") ?? [];
        for (const schedule of ["rate(12 hours)", "cron(0 5 ? * MON *)", "cron(0 5/6 * * ? *)"]) {
            assert.equal(collidesWithDailyJob(schedule, window), false, schedule);
        }
        assert.equal(collidesWithDailyJob("cron(0 5 * * ? *)", window), true);
    });

    it("are rejected if RDS would reject them", () => {
        for (const window of ["02:00-02:29", "2:00-3:00", "02:00-24:00", "02:60-04:00", "02:00", "", 2, undefined]) {
            assert.equal(dailyWindow(window), undefined, `${window}`);
        }
        for (const window of ["sun:03:00-sun:03:29", "Sun:03:00-Sun:04:00", "sun:03:00", "03:00-04:00", 3, undefined]) {
            assert.equal(weeklyWindow(window), undefined, `${window}`);
        }
        assert.deepEqual(weeklyWindow("sun:23:30-mon:00:00"), [{ start: week - 30, minutes: 30 }]);
    });

    it("do not overlap by default with each other or the vault's job", () => {
        const backup = dailyWindow(auroraDefaults.preferredBackupWindow) ?? [];
        const maintenance = weeklyWindow(auroraDefaults.preferredMaintenanceWindow) ?? [];
        assert.ok(backup.length > 0 && maintenance.length > 0);
        assert.equal(overlap(backup, maintenance), false);
        assert.equal(collidesWithDailyJob(backupDefaults.schedule, [...backup, ...maintenance]), false);
    });
});
