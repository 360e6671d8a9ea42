import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * Reads a log with HdrHistogram itself. For each tag one line: name, intervals, count, and its quantiles in nanoseconds; then
 * the percentile distribution of all intervals together, in milliseconds. The first argument is the log, the others are
 * quantiles from 0 to 100.
 */
public class ReadHdr {
  public static void main(String[] arguments) throws Exception {
    Map<String, Histogram> sums = new TreeMap<>();
    Map<String, Integer> intervals = new TreeMap<>();
    double start = 0;
    try (HistogramLogReader reader = new HistogramLogReader(new File(arguments[0]))) {
      for (EncodableHistogram one; (one = reader.nextIntervalHistogram()) != null; ) {
        String tag = one.getTag() == null ? "" : one.getTag();
        sums.computeIfAbsent(tag, name -> new Histogram(1, 1_000_000_000_000L, 3)).add((Histogram) one);
        intervals.merge(tag, 1, Integer::sum);
        if (start == 0) start = one.getStartTimeStamp();
      }
    }
    System.out.printf("start %.0f%n", start);
    for (Map.Entry<String, Histogram> entry : sums.entrySet()) {
      Histogram sum = entry.getValue();
      StringBuilder line = new StringBuilder();
      line.append("tag ").append(entry.getKey().isEmpty() ? "-" : entry.getKey());
      line.append(' ').append(intervals.get(entry.getKey())).append(' ').append(sum.getTotalCount());
      for (int at = 1; at < arguments.length; at++)
        line.append(' ').append(sum.getValueAtPercentile(Double.parseDouble(arguments[at])));
      System.out.println(line);
      sum.outputPercentileDistribution(System.out, 5, 1_000_000.0);
    }
  }
}
