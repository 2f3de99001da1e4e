package aurorapipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * What else Java would load with a jar of the class path, and where from is not in the plan: what its manifest names
 * ({@code Class-Path}), and up to Java 17 its index. Asked with Java's own classes, which find the manifest as the class
 * path does. All else in a jar is part of its checksum, or counts only for the jar that a program is started with.
 */
final class OtherJars {
    private static final String INDEX = "META-INF/INDEX.LIST";

    private OtherJars() {}

    /** The place in the jar that names others; null if there is none. */
    static String namedIn(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            String classPath = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            if (classPath != null && !classPath.isBlank()) {
                return "Class-Path: " + classPath.trim();
            }
            return file.getEntry(INDEX) == null ? null : INDEX;
        }
    }
}
