import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** One payment, as made.py writes it; and what both engines' programs need. */
public class Pay {
    public long at;
    public int number;
    public String card;
    public String what;
    public String merchant;
    public long cents;

    public Pay() {}

    public Pay(int number, String line) {
        String[] words = line.split("\t");
        this.number = number;
        at = Long.parseLong(words[0]);
        card = words[1];
        what = words[2];
        merchant = words[3];
        cents = Long.parseLong(words[4]);
    }

    public long getAt() { return at; }
    public int getNumber() { return number; }
    public String getCard() { return card; }
    public String getWhat() { return what; }
    public String getMerchant() { return merchant; }
    public long getCents() { return cents; }

    /** All events, read before anything is measured. */
    static Pay[] read(String path) throws IOException {
        List<Pay> events = new ArrayList<>();
        try (BufferedReader file = Files.newBufferedReader(Path.of(path))) {
            for (String line = file.readLine(); line != null; line = file.readLine()) {
                events.add(new Pay(events.size(), line));
            }
        }
        return events.toArray(new Pay[0]);
    }

    /** Processor seconds of this process, its collector and compiler among them. */
    static double cpu() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }

    /** One alert a line: rule and number of the event that decided. Several runs that one event ends are one alert. */
    static void write(String path, TreeSet<String> alerts) throws IOException {
        try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(Path.of(path)))) {
            alerts.forEach(file::println);
        }
    }

    static String alert(String rule, int number) {
        return String.format("%s\te%08d", rule, number);
    }

    static double middle(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
