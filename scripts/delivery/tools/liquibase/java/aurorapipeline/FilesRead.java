package aurorapipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files that Liquibase reads while a changeset runs or is planned, with their content: a statement may show no more
 * of a file than its name. {@link Sources} records each file that is opened; commands run one after the other, in one
 * thread.
 */
final class FilesRead {
    private static final Map<String, FilesRead> NOTED = new TreeMap<>();
    private static boolean noting;

    private final String path;
    private final long bytes;
    private final String sha256;

    private FilesRead(String path, long bytes, String sha256) {
        this.path = path;
        this.bytes = bytes;
        this.sha256 = sha256;
    }

    /** Starts recording, without any file. */
    static void begin() {
        NOTED.clear();
        noting = true;
    }

    /** The files since the start, by path; stops recording. */
    static Collection<Json> end() {
        noting = false;
        return all();
    }

    static Collection<Json> all() {
        List<Json> all = new ArrayList<>();
        NOTED.values().forEach(file -> all.add(file.json()));
        return all;
    }

    static void note(String path, Path file) throws IOException {
        if (noting && !NOTED.containsKey(path)) {
            NOTED.put(path, read(path, file));
        }
    }

    private static FilesRead read(String path, Path file) throws IOException {
        MessageDigest digest = sha256();
        long bytes = 0;
        byte[] buffer = new byte[65_536];
        try (InputStream stream = Files.newInputStream(file)) {
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                digest.update(buffer, 0, read);
                bytes += read;
            }
        }
        return new FilesRead(path, bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private Json json() {
        return new Json().with("path", path).with("bytes", bytes).with("sha256", sha256);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
