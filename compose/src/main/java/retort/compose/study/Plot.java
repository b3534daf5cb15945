package retort.compose.study;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.Shape;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.plot.DefaultDrawingSupplier;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.text.TextUtils;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A plot of points with intervals over named places, as SVG whose texts are texts. Series differ by colour and by shape. The colours are
 * those of Okabe and Ito, which people with any kind of colour vision tell apart.
 *
 * @param places names of the places on the horizontal axis
 * @param joined true to join the points of a series by lines, for places that have an order
 * @param zero true to draw the line at zero
 */
record Plot(String title, String horizontal, String vertical, List<String> places, boolean joined, boolean zero,
        List<Series> series) {
    private static final Color[] OKABE_ITO = {new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7),
            new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000), new Color(0xF0E442)};
    private static final Shape[] SHAPES = DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE;
    private static final String SVG = "http://www.w3.org/2000/svg";
    private static final int WIDTH = 820;
    private static final int HEIGHT = 460;
    private static final float LINE = 1.8f;
    /** Most that the points of all series at one place spread, as a share of the distance of two places. */
    private static final double SPREAD = 0.6;
    private static final double STEP = 0.12;

    static {
        TextUtils.setUseDrawRotatedStringWorkaround(false); // it draws the outlines of the letters
    }

    /**
     * The points of one series: at most one at each place.
     *
     * @param style number of its colour and its shape, the same in all plots of a study
     */
    record Series(String name, int style, List<Point> points) {
        Series {
            points = List.copyOf(points);
        }
    }

    /** @param place position in {@link Plot#places} */
    record Point(int place, double value, double low, double high) {
    }

    Plot {
        places = List.copyOf(places);
        series = List.copyOf(series);
    }

    /** The SVG file. Uses the fonts of this machine to measure texts. */
    String svg() {
        final SVGGraphics2D graphics = new SVGGraphics2D(document());
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        chart().draw(graphics, new Rectangle(WIDTH, HEIGHT));
        final Element root = graphics.getRoot();
        root.setAttribute("role", "img");
        final Element name = root.getOwnerDocument().createElementNS(SVG, "title");
        name.setTextContent(title);
        root.insertBefore(name, root.getFirstChild());
        final StringWriter text = new StringWriter();
        try {
            graphics.stream(root, text, false, false);
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory takes every character", e);
        }
        return text.toString();
    }

    private static Document document() {
        try {
            return DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder().getDOMImplementation().createDocument(SVG,
                    "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every JDK has a parser of XML", e);
        }
    }

    private JFreeChart chart() {
        final SymbolAxis domain = new SymbolAxis(horizontal, places.toArray(String[]::new));
        domain.setGridBandsVisible(false);
        domain.setRange(-0.5, places.size() - 0.5);
        final NumberAxis range = new NumberAxis(vertical);
        range.setAutoRangeIncludesZero(zero);
        range.setNumberFormatOverride(java.text.NumberFormat.getNumberInstance(Locale.ROOT));
        range.getNumberFormatOverride().setMaximumFractionDigits(5);
        final XYPlot plot = new XYPlot(data(), domain, range, renderer());
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setDomainGridlinesVisible(false);
        if (zero)
            plot.addRangeMarker(new ValueMarker(0, Color.DARK_GRAY, new BasicStroke(LINE)));
        final Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
        for (final org.jfree.chart.axis.ValueAxis axis : List.of(domain, range)) {
            axis.setLabelFont(font);
            axis.setTickLabelFont(font);
        }
        final JFreeChart chart = new JFreeChart(title, new Font(Font.SANS_SERIF, Font.BOLD, 15), plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getLegend().setItemFont(font);
        chart.setAntiAlias(false); // a hint that SVG does not need
        return chart;
    }

    private YIntervalSeriesCollection data() {
        final YIntervalSeriesCollection data = new YIntervalSeriesCollection();
        final double step = Math.min(STEP, SPREAD / Math.max(1, series.size()));
        for (int i = 0; i < series.size(); i++) {
            final YIntervalSeries points = new YIntervalSeries(series.get(i).name());
            final double aside = (i - (series.size() - 1) / 2.0) * step;
            series.get(i).points().forEach(point -> points.add(point.place() + aside, point.value(), point.low(), point.high()));
            data.addSeries(points);
        }
        return data;
    }

    private XYErrorRenderer renderer() {
        final XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setErrorStroke(new BasicStroke(LINE));
        renderer.setDefaultLinesVisible(joined);
        for (int i = 0; i < series.size(); i++) {
            final int style = series.get(i).style();
            renderer.setSeriesPaint(i, OKABE_ITO[style % OKABE_ITO.length]);
            renderer.setSeriesStroke(i, new BasicStroke(LINE));
            renderer.setSeriesShape(i, SHAPES[style % SHAPES.length]);
        }
        return renderer;
    }
}
