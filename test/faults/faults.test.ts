import { defineFaults } from "./define";

const anywhere = { kills: 15, cuts: 6, restarts: 6, heldLocks: 6, deployers: 6, failures: 4 };

defineFaults({
    own: {
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
        blackHoles: 30,
        // Each kind once in each action.
        holesAnywhere: 24,
        halfOpen: 4,
        lateAnswers: 4,
        gone: 1,
    },
    sample: anywhere,
    flowable: anywhere,
    pair: { failovers: 15 },
});
