import { defineFaults } from "./define";

defineFaults({
    kills: 30,
    recordKills: 5,
    rollbackKills: 10,
    leftIndexes: 1,
    cuts: 10,
    restarts: 10,
    heldLocks: 9,
    deployers: 20,
    snapshots: 3,
    fullDisks: 6,
    failures: 5,
});
