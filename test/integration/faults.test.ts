import { defineFaults } from "../faults/define";

// The short form: each fault once, on one of the changelogs. `npm run test:faults` strikes all of them, and often.
defineFaults({
    own: {
        kills: 1,
        recordKills: 1,
        rollbackKills: 0,
        leftIndexes: 0,
        cuts: 0,
        restarts: 0,
        heldLocks: 0,
        deployers: 0,
        snapshots: 1,
        fullDisks: 1,
        failures: 0,
    },
    sample: { kills: 1, cuts: 0, restarts: 1, heldLocks: 1, deployers: 0, failures: 0 },
    flowable: { kills: 1, cuts: 1, restarts: 0, heldLocks: 0, deployers: 1, failures: 1 },
});
