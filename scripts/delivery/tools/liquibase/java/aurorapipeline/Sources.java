package aurorapipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.resource.AbstractResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.OpenOptions;
import liquibase.resource.PathResource;
import liquibase.resource.Resource;
import liquibase.resource.ResourceAccessor;
import liquibase.resource.ZipResourceAccessor;

/**
 * All files that a changelog can read: those in the migrations directory and those in its jars. Jars are read as
 * archives here, so that a changelog in a jar can be used without any of its classes on the class path. No path leads
 * out of the directory, and nothing is written.
 */
final class Sources extends AbstractResourceAccessor {
    private final List<ResourceAccessor> roots = new ArrayList<>();
    private final Path own;
    private final ResourceAccessor ownDirectory;

    /** {@code own} is the delivery program's own changelog: no file of the migrations can replace it. */
    Sources(Path migrations, List<Path> jars, Path own) throws IOException {
        this.own = own;
        ownDirectory = new Directory(own.getParent());
        roots.add(new Directory(migrations));
        for (Path jar : jars) {
            roots.add(new Jar(jar));
        }
    }

    @Override
    public List<Resource> getAll(String path) throws IOException {
        String inside = inside(path);
        if (inside.equals(own.getFileName().toString())) {
            return ownDirectory.getAll(inside);
        }
        Set<Resource> found = new LinkedHashSet<>();
        for (ResourceAccessor root : roots) {
            found.addAll(root.getAll(inside));
        }
        return readable(found);
    }

    @Override
    public List<Resource> search(String path, SearchOptions options) throws IOException {
        Set<Resource> found = new LinkedHashSet<>();
        for (ResourceAccessor root : roots) {
            found.addAll(root.search(inside(path), options));
        }
        return readable(found);
    }

    @Override
    public List<Resource> search(String path, boolean recursive) throws IOException {
        SearchOptions options = new SearchOptions();
        options.setRecursive(recursive);
        return search(path, options);
    }

    @Override
    public List<String> describeLocations() {
        return roots.stream().flatMap(root -> root.describeLocations().stream()).collect(Collectors.toList());
    }

    @Override
    public void close() {
        // Liquibase shares archives between accessors and never closes them.
    }

    /** The path without what Liquibase strips from it, and checked for what Liquibase does not check. */
    private static String inside(String path) throws IOException {
        if (path == null) {
            throw new IOException("A path is missing.");
        }
        String relative = path.replace('\\', '/').replaceFirst("^classpath\\*?:", "").replaceFirst("^/+", "");
        boolean directory = relative.endsWith("/");
        try {
            Path normal = Path.of(relative).normalize();
            if (normal.startsWith("..") || normal.isAbsolute()) {
                throw new IOException("The path " + path + " leads out of the migrations directory.");
            }
            return normal + (directory && !normal.toString().isEmpty() ? "/" : "");
        } catch (InvalidPathException invalid) {
            throw new IOException("The path " + path + " is not valid: " + invalid.getReason(), invalid);
        }
    }

    /** A changelog cannot read the files of a jar that make it run code. */
    private static List<Resource> readable(Set<Resource> found) {
        return found.stream()
            .filter(resource -> !resource.getPath().toLowerCase().endsWith(".class"))
            .filter(resource -> !resource.getPath().toUpperCase().startsWith("META-INF/SERVICES/"))
            .collect(Collectors.toList());
    }

    private final class Directory extends DirectoryResourceAccessor {
        Directory(Path directory) throws IOException {
            super(directory);
        }

        @Override
        protected Resource createResource(Path file, String path) {
            return new Source(path, file);
        }
    }

    private final class Jar extends ZipResourceAccessor {
        Jar(Path jar) throws IOException {
            super(jar);
        }

        @Override
        protected Resource createResource(Path file, String path) {
            return new Source(path, file);
        }
    }

    /** Liquibase opens files that are named relative to another file without asking the resource accessor again. */
    private final class Source extends PathResource {
        private final Path content;

        Source(String path, Path file) {
            super(path, file);
            content = file;
        }

        @Override
        public InputStream openInputStream() throws IOException {
            InputStream stream = super.openInputStream();
            Budget.reads(getPath(), content);
            FilesRead.note(getPath(), content);
            return stream;
        }

        @Override
        public Resource resolve(String other) {
            return resolved(resolvePath(other));
        }

        @Override
        public Resource resolveSibling(String other) {
            return resolved(resolveSiblingPath(other));
        }

        private Resource resolved(String path) {
            try {
                return Sources.this.get(path);
            } catch (IOException refused) {
                throw new IllegalArgumentException(refused.getMessage(), refused);
            }
        }

        @Override
        public boolean isWritable() {
            return false;
        }

        @Override
        public OutputStream openOutputStream(OpenOptions options) throws IOException {
            throw new IOException(getPath() + " is read only.");
        }
    }
}
