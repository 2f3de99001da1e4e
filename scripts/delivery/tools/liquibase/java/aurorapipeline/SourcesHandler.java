package aurorapipeline;

import java.io.IOException;
import java.io.OutputStream;
import liquibase.resource.AbstractPathHandler;
import liquibase.resource.Resource;
import liquibase.resource.ResourceAccessor;

/**
 * Makes {@link Sources} Liquibase's whole search path ({@code --search-path}): without a search path, or with
 * directories and jars in it, Liquibase would read through its own resource accessors. Registered in {@code
 * META-INF/services}.
 */
public final class SourcesHandler extends AbstractPathHandler {
    private static final String ROOT = "aurora-pipeline:sources";
    private static Sources sources;

    static void serve(Sources served) {
        sources = served;
    }

    @Override
    public int getPriority(String root) {
        return ROOT.equals(root) ? PRIORITY_SPECIALIZED : PRIORITY_NOT_APPLICABLE;
    }

    @Override
    public ResourceAccessor getResourceAccessor(String root) {
        return sources;
    }

    @Override
    public Resource getResource(String path) throws IOException {
        throw new IOException(ROOT + " is no file.");
    }

    @Override
    public OutputStream createResource(String path) throws IOException {
        throw new IOException(ROOT + " is read only.");
    }
}
