"""Outside texts that the statistics follow: sampling, tests in sequence, intervals, propagation."""

from counterseal.reference.source import Source, SourceKind, partly_known, recalled

STATISTICS_SOURCES: tuple[Source, ...] = (
    partly_known(
        "AVENHAUS-CANTY-1996",
        SourceKind.BOOK,
        "R. Avenhaus, M. J. Canty: Compliance Quantified: An Introduction to Data Verification, Cambridge "
        "University Press, 1996; chapters on the sampling of attributes and of variables.",
    ),
    recalled(
        "JAECH-1973",
        SourceKind.BOOK,
        "J. L. Jaech: Statistical Methods in Nuclear Material Control, 1973.",
    ),
    partly_known(
        "KRIEGER-BURR-NORMAN",
        SourceKind.PAPER,
        "T. Krieger, T. Burr, C. Norman, on how near the sample sizes used in safeguards are to exact ones, "
        "Journal of Nuclear Materials Management 44(3).",
    ),
    recalled(
        "SCHILLING-1982",
        SourceKind.BOOK,
        "E. G. Schilling: Acceptance Sampling in Quality Control, 1982.",
    ),
    recalled(
        "GUENTHER-1977",
        SourceKind.BOOK,
        "W. C. Guenther: Sampling Inspection in Statistical Quality Control, Griffin's Statistical "
        "Monographs, 1977.",
    ),
    partly_known(
        "KIERMEIER-2008",
        SourceKind.PAPER,
        "A. Kiermeier: Visualizing and assessing acceptance sampling plans: the R package "
        "AcceptanceSampling, Journal of Statistical Software 26(6) (2008) 1-20.",
    ),
    recalled(
        "LOADER-2000",
        SourceKind.PAPER,
        "C. Loader: Fast and accurate computation of binomial probabilities, 2000.",
    ),
    recalled(
        "CLOPPER-PEARSON-1934",
        SourceKind.PAPER,
        "C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits illustrated in the case of "
        "the binomial, Biometrika 26(4) (1934) 404-413.",
    ),
    recalled(
        "ABRAMOWITZ-STEGUN-1964",
        SourceKind.BOOK,
        "M. Abramowitz, I. A. Stegun (editors): Handbook of Mathematical Functions with Formulas, Graphs, "
        "and Mathematical Tables, National Bureau of Standards, Applied Mathematics Series 55, 1964.",
    ),
    recalled(
        "WALD-1947",
        SourceKind.BOOK,
        "A. Wald: Sequential Analysis, Wiley, 1947.",
    ),
    recalled(
        "WAUDBY-SMITH-2020",
        SourceKind.PAPER,
        "I. Waudby-Smith, A. Ramdas: Confidence sequences for sampling without replacement, Advances in "
        "Neural Information Processing Systems 33 (2020), arXiv 2006.04347.",
    ),
    recalled(
        "ARMITAGE-1969",
        SourceKind.PAPER,
        "P. Armitage, C. K. McPherson, B. C. Rowe: Repeated significance tests on accumulating data, "
        "Journal of the Royal Statistical Society A 132(2) (1969) 235-244.",
    ),
    recalled(
        "POCOCK-1977",
        SourceKind.PAPER,
        "S. J. Pocock: Group sequential methods in the design and analysis of clinical trials, Biometrika "
        "64(2) (1977) 191-199.",
    ),
    recalled(
        "OBRIEN-FLEMING-1979",
        SourceKind.PAPER,
        "P. C. O'Brien, T. R. Fleming: A multiple testing procedure for clinical trials, Biometrics 35(3) "
        "(1979) 549-556.",
    ),
    recalled(
        "LAN-DEMETS-1983",
        SourceKind.PAPER,
        "K. K. G. Lan, D. L. DeMets: Discrete sequential boundaries for clinical trials, Biometrika 70(3) "
        "(1983) 659-663.",
    ),
    recalled(
        "JENNISON-TURNBULL-2000",
        SourceKind.BOOK,
        "C. Jennison, B. W. Turnbull: Group Sequential Methods with Applications to Clinical Trials, Chapman "
        "and Hall/CRC, 2000.",
    ),
    recalled(
        "BONFERRONI-1936",
        SourceKind.PAPER,
        "C. E. Bonferroni: Teoria statistica delle classi e calcolo delle probabilità, Pubblicazioni del R. "
        "Istituto Superiore di Scienze Economiche e Commerciali di Firenze 8 (1936) 3-62.",
    ),
    recalled(
        "SIDAK-1967",
        SourceKind.PAPER,
        "Z. Šidák: Rectangular confidence regions for the means of multivariate normal distributions, "
        "Journal of the American Statistical Association 62 (1967) 626-633.",
    ),
    recalled(
        "PAGE-1954",
        SourceKind.PAPER,
        "E. S. Page: Continuous inspection schemes, Biometrika 41 (1954) 100-115.",
    ),
    recalled(
        "GOEL-WU-1971",
        SourceKind.PAPER,
        "A. L. Goel, S. M. Wu: Determination of A.R.L. and a contour nomogram for cusum charts to control "
        "normal mean, Technometrics 13 (1971) 221-230.",
    ),
    recalled(
        "LUCAS-CROSIER-1982",
        SourceKind.PAPER,
        "J. M. Lucas, R. B. Crosier: Fast initial response for CUSUM quality-control schemes, Technometrics "
        "24(3) (1982) 199-205.",
    ),
    recalled(
        "GRASSMANN-1985",
        SourceKind.PAPER,
        "W. K. Grassmann, M. I. Taksar, D. P. Heyman: Regenerative analysis and steady state distributions "
        "for Markov chains, Operations Research 33(5) (1985) 1107-1116.",
    ),
    recalled(
        "JCGM-100",
        SourceKind.STANDARD,
        "JCGM 100:2008, Evaluation of measurement data: Guide to the expression of uncertainty in "
        "measurement, Joint Committee for Guides in Metrology, 2008.",
    ),
    recalled(
        "JCGM-101",
        SourceKind.STANDARD,
        "JCGM 101:2008, Evaluation of measurement data: Supplement 1 to the Guide to the expression of "
        "uncertainty in measurement: Propagation of distributions using a Monte Carlo method, Joint "
        "Committee for Guides in Metrology, 2008.",
    ),
    recalled(
        "SQUIRE-TRAPP-1998",
        SourceKind.PAPER,
        "W. Squire, G. Trapp: Using complex variables to estimate derivatives of real functions, SIAM Review "
        "40(1) (1998) 110-112.",
    ),
    recalled(
        "SOBOL-2001",
        SourceKind.PAPER,
        "I. M. Sobol': Global sensitivity indices for nonlinear mathematical models and their Monte Carlo "
        "estimates, Mathematics and Computers in Simulation 55 (2001) 271-280.",
    ),
    recalled(
        "SALTELLI-2010",
        SourceKind.PAPER,
        "A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola: Variance based "
        "sensitivity analysis of model output: design and estimator for the total sensitivity index, "
        "Computer Physics Communications 181(2) (2010) 259-270.",
    ),
    recalled(
        "JANSEN-1999",
        SourceKind.PAPER,
        "M. J. W. Jansen: Analysis of variance designs for model output, Computer Physics Communications "
        "117 (1999) 35-43.",
    ),
    recalled(
        "HANLEY-MCNEIL-1982",
        SourceKind.PAPER,
        "J. A. Hanley, B. J. McNeil: The meaning and use of the area under a receiver operating "
        "characteristic (ROC) curve, Radiology 143(1) (1982) 29-36.",
    ),
    recalled(
        "DELONG-1988",
        SourceKind.PAPER,
        "E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson: Comparing the areas under two or more correlated "
        "receiver operating characteristic curves: a nonparametric approach, Biometrics 44(3) (1988) "
        "837-845.",
    ),
)
"""In the order of the questions: how many items, how often, how long, how sure of a figure."""
