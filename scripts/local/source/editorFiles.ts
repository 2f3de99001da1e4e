import picomatch from "picomatch";

/**
 * Names of the files that editors put beside the one that is edited, for as long as it is, as `.gitignore` writes them:
 * nobody means to deliver them.
 */
export const editorFiles = [
    // Vim: the swap file, the backup, and the file by which it tries whether it may write.
    ...[".*.sw[a-z]", "*~", "4913"],
    // Emacs: what is not saved yet, and the lock.
    ...["\\#*#", ".#*"],
    // JetBrains, GNOME and KDE.
    ...["*___jb_tmp___", "*___jb_old___", ".goutputstream-*", "*.kate-swp"],
];

/** Whether a file is one of these, by its name. */
export const isEditorFile: (name: string) => boolean = picomatch(editorFiles, { dot: true });
