import { defineFaults } from "../faults/define";

// The short form: `npm run test:faults` strikes often, and in more ways.
defineFaults({
    kills: 1,
    recordKills: 1,
    rollbackKills: 0,
    leftIndexes: 0,
    cuts: 1,
    restarts: 1,
    heldLocks: 1,
    deployers: 1,
    snapshots: 1,
    fullDisks: 1,
    failures: 0,
});
