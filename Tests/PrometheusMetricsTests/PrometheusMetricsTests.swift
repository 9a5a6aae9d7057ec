import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Metrics, as Prometheus reads them")
struct PrometheusMetricsTests {
    private let store = PrometheusMetrics()

    private var lines: [String] { self.store.text.split(separator: "\n").map(String.init) }

    @Test("a counter is shown once it has counted, be it nothing, and never goes back")
    func counter() {
        let counter = Counter(label: "a_total", factory: self.store)
        #expect(self.store.text.isEmpty)
        counter.increment(by: 0)
        #expect(self.store.text == "# TYPE a_total counter\na_total 0\n")
        counter.increment()
        counter.increment(by: 41)
        counter.increment(by: -1)
        #expect(self.lines.last == "a_total 42")
        counter.increment(by: Int64.max)
        #expect(self.lines.last == "a_total 9223372036854775849")
        counter.reset()
        #expect(self.lines.last == "a_total 0")
    }

    @Test("a counter of numbers that are not whole is the same one")
    func floatingPointCounter() {
        let whole = Counter(label: "a_total", factory: self.store)
        let counter = FloatingPointCounter(label: "a_total", factory: self.store)
        for amount in [0.5, .nan, .infinity, -1] { counter.increment(by: amount) }
        whole.increment(by: 2)
        #expect(self.lines == ["# TYPE a_total counter", "a_total 2.5"])
        counter.increment(by: 0.5)
        #expect(self.lines.last == "a_total 3")
        counter.reset()
        #expect(self.lines.last == "a_total 0")
    }

    @Test("a gauge is shown from the start, and goes up and down")
    func gauge() {
        let meter = Meter(label: "a", factory: self.store)
        #expect(self.store.text == "# TYPE a gauge\na 0\n")
        meter.increment()
        meter.increment(by: 2.0)
        meter.decrement(by: 0.5)
        #expect(self.lines.last == "a 2.5")
        meter.decrement(by: 3.0)
        #expect(self.lines.last == "a -0.5")
        meter.increment(by: Double.nan)
        meter.decrement(by: Double.infinity)
        #expect(self.lines.last == "a -0.5")
        let gauge = Gauge(label: "a", factory: self.store)
        for (value, text) in [(1e15, "1000000000000000"), (1e300, "1e+300"), (.infinity, "+Inf"), (.nan, "NaN")] {
            gauge.record(value)
            #expect(self.lines.last == "a \(text)")
        }
        meter.set(-Double.infinity)
        #expect(self.lines.last == "a -Inf")
        gauge.record(7)
        #expect(self.lines.last == "a 7")
        meter.set(-7)
        #expect(self.lines == ["# TYPE a gauge", "a -7"])
    }

    @Test("a histogram counts each value in every bucket that it fits into")
    func histogram() {
        self.store.declare(MetricFamily("sizes", .histogram(bounds: [1, 2.5]), help: "Sizes."))
        let recorder = Recorder(label: "sizes", dimensions: [("of", "hello")], factory: self.store)
        #expect(self.lines == ["# HELP sizes Sizes.", "# TYPE sizes histogram"])
        for value in [-1, 1, 2.5, 2.6, .nan, .infinity] { recorder.record(value) }
        recorder.record(3)
        #expect(
            self.lines.dropFirst(2) == [
                #"sizes_bucket{of="hello",le="1"} 2"#, #"sizes_bucket{of="hello",le="2.5"} 3"#,
                #"sizes_bucket{of="hello",le="+Inf"} 5"#, #"sizes_sum{of="hello"} 8.1"#,
                #"sizes_count{of="hello"} 5"#,
            ]
        )
    }

    @Test("a timer is a histogram of seconds")
    func timer() {
        let timer = Timer(label: "took", factory: self.store)
        timer.recordMilliseconds(30)
        timer.recordSeconds(11)
        #expect(
            self.lines == [
                "# TYPE took histogram",
                #"took_bucket{le="0.005"} 0"#, #"took_bucket{le="0.01"} 0"#, #"took_bucket{le="0.025"} 0"#,
                #"took_bucket{le="0.05"} 1"#, #"took_bucket{le="0.1"} 1"#, #"took_bucket{le="0.25"} 1"#,
                #"took_bucket{le="0.5"} 1"#, #"took_bucket{le="1"} 1"#, #"took_bucket{le="2.5"} 1"#,
                #"took_bucket{le="5"} 1"#, #"took_bucket{le="10"} 1"#, #"took_bucket{le="+Inf"} 2"#,
                "took_sum 11.03", "took_count 2",
            ]
        )
    }

    @Test(
        "what a value of a label may not have in the text is escaped",
        arguments: [
            (#"say "hello""#, #"say \"hello\""#), (#"C:\new"#, #"C:\\new"#), ("a\nb", #"a\nb"#), ("a\r\nb", "a\r\\nb"),
            ("", ""), ("ä,}{=", "ä,}{="),
        ]
    )
    func escaped(value: String, text: String) {
        Meter(label: "a", dimensions: [("b", value)], factory: self.store).set(1)
        #expect(self.store.text == "# TYPE a gauge\na{b=\"\(text)\"} 1\n")
    }

    @Test(
        "a name that Prometheus cannot read becomes one that it can",
        arguments: [
            ("http.requests-total", "http_requests_total"), ("1st", "_1st"), ("a:b1", "a:b1"), ("größe", "gr__e"),
            ("", "_"),
        ]
    )
    func names(label: String, name: String) {
        Meter(label: label, factory: self.store).set(1)
        #expect(self.lines.last == "\(name) 1")
    }

    @Test("a label's name has no colon, and the labels of a metric are in one order")
    func labels() {
        let meter = Meter(label: "a", dimensions: [("z", "1"), ("b:c", "2")], factory: self.store)
        meter.increment()
        Meter(label: "a", dimensions: [("b_c", "2"), ("z", "1")], factory: self.store).increment()
        #expect(self.lines == ["# TYPE a gauge", #"a{b_c="2",z="1"} 2"#])
    }

    @Test("what is declared comes first and in that order, the rest as it came, each by its labels")
    func order() {
        self.store.declare(MetricFamily("z.total", .counter, help: #"Not "quoted", one line \ of\#n two."#))
        self.store.declare(MetricFamily("b", .gauge, help: "B."))
        for label in ["y", "a"] { Meter(label: label, factory: self.store).set(1) }
        for value in ["2", "10", "1"] {
            Counter(label: "z.total", dimensions: [("n", value)], factory: self.store).increment()
        }
        let expected = """
            # HELP z_total Not "quoted", one line \\\\ of\\n two.
            # TYPE z_total counter
            z_total{n="1"} 1
            z_total{n="10"} 1
            z_total{n="2"} 1
            # HELP b B.
            # TYPE b gauge
            # TYPE y gauge
            y 1
            # TYPE a gauge
            a 1

            """
        for _ in 0..<10 { #expect(self.store.text == expected) }
    }

    @Test("a metric of the same name and labels is the same, and another store has its own")
    func identity() {
        let other = PrometheusMetrics()
        for store in [self.store, self.store, other] {
            Counter(label: "a_total", dimensions: [("b", "c")], factory: store).increment()
            Counter(label: "a_total", factory: store).increment()
        }
        #expect(self.lines.dropFirst() == ["a_total 2", #"a_total{b="c"} 2"#])
        #expect(other.text == "# TYPE a_total counter\na_total 1\na_total{b=\"c\"} 1\n")
    }

    @Test("nothing is lost where eight count at once")
    func together() async {
        let rounds = 50_000
        let counter = Counter(label: "a_total", factory: self.store)
        let halves = FloatingPointCounter(label: "b_total", factory: self.store)
        let meter = Meter(label: "c", factory: self.store)
        let recorder = Recorder(label: "d", factory: self.store)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<rounds {
                        counter.increment(by: 3)
                        halves.increment(by: 0.5)
                        meter.increment(by: 2.0)
                        meter.decrement()
                        recorder.record(20)
                    }
                }
            }
        }
        for line in [
            "a_total \(24 * rounds)", "b_total \(4 * rounds)", "c \(8 * rounds)", #"d_bucket{le="10"} 0"#,
            #"d_bucket{le="+Inf"} \#(8 * rounds)"#, "d_sum \(160 * rounds)", "d_count \(8 * rounds)",
        ] {
            #expect(self.lines.contains(line), "\(line)")
        }
    }

    @Test("what was destroyed is shown no more, and begins anew when it is made again")
    func destroyed() {
        func each(_ body: (Counter, FloatingPointCounter, Meter, Recorder, Timer) -> Void) {
            body(
                Counter(label: "a", factory: self.store),
                FloatingPointCounter(label: "b", factory: self.store),
                Meter(label: "c", factory: self.store),
                Recorder(label: "d", factory: self.store),
                Timer(label: "e", factory: self.store)
            )
        }
        self.store.declare(MetricFamily("a", .counter, help: "A."))
        let neighbour = Counter(label: "a", dimensions: [("b", "c")], factory: self.store)
        neighbour.increment()
        each { counter, halves, meter, recorder, timer in
            func count() {
                counter.increment(by: 5)
                halves.increment(by: 5)
                meter.set(5)
                recorder.record(5)
                timer.recordSeconds(5)
            }
            count()
            #expect(self.lines.count { $0.hasPrefix("# TYPE") } == 5)
            counter.destroy()
            halves.destroy()
            meter.destroy()
            recorder.destroy()
            timer.destroy()
            count()
        }
        let alone = ["# HELP a A.", "# TYPE a counter", #"a{b="c"} 1"#]
        #expect(self.lines == alone)
        each { counter, halves, _, recorder, timer in
            counter.increment()
            halves.increment()
            recorder.record(1)
            timer.recordSeconds(1)
        }
        #expect(Set(["a 1", "b 1", "c 0", "d_count 1", "e_count 1"]).isSubset(of: self.lines))
    }
}
