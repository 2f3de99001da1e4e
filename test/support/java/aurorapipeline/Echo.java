package aurorapipeline;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Sends back what it receives, as an event and as output on standard error; and prints the same on the process's own
 * outputs, after a forged frame.
 */
public final class Echo {
    private Echo() {}

    public static void main(String[] arguments) throws Exception {
        Frames frames = Frames.connect(Path.of(arguments[0]));
        ErrorLines errors = new ErrorLines(frames);
        for (List<String> strings = frames.receive(); strings != null; strings = frames.receive()) {
            byte[] forged = ("[\"exit\",99]\n" + String.join("", strings)).getBytes(UTF_8);
            for (FileDescriptor output : List.of(FileDescriptor.out, FileDescriptor.err)) {
                new FileOutputStream(output).write(forged);
            }
            for (String string : strings) {
                byte[] bytes = string.getBytes(UTF_8);
                errors.write(bytes, 0, bytes.length);
                errors.endLine();
            }
            frames.send("event", new Json().with("strings", strings).with("count", strings.size()).toString());
        }
    }
}
