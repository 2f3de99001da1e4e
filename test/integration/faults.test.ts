import { defineFaults } from "../faults/define";

// The short form, for less than a minute: each fault once, on one of the changelogs. `npm run test:faults` strikes all of
// them, and often.
const none = { kills: 0, cuts: 0, restarts: 0, heldLocks: 0, deployers: 0, failures: 0 };

defineFaults({
    own: {
        ...none,
        recordKills: 1,
        rollbackKills: 0,
        leftIndexes: 0,
        snapshots: 1,
        fullDisks: 1,
        blackHoles: 2,
        holesAnywhere: 1,
        halfOpen: 0,
        lateAnswers: 0,
        gone: 0,
    },
    sample: { ...none, kills: 1, cuts: 1, heldLocks: 1 },
    flowable: { ...none, restarts: 1, deployers: 1, failures: 1 },
    pair: { failovers: 3 },
});
