"""Outside texts that the design of a regime follows: games, search, queues, and the numbers of campaigns."""

from counterseal.reference.source import Source, SourceKind, partly_known, recalled

DESIGN_SOURCES: tuple[Source, ...] = (
    partly_known(
        "AVENHAUS-2002",
        SourceKind.PAPER,
        "R. Avenhaus, B. von Stengel, S. Zamir: Inspection games, in R. J. Aumann, S. Hart (editors), "
        "Handbook of Game Theory with Economic Applications 3 (2002), chapter 51, 1947-1987.",
    ),
    recalled(
        "DRESHER-1962",
        SourceKind.BOOK,
        "M. Dresher: A sampling inspector problem in arms control agreements, RAND Corporation, 1962.",
    ),
    partly_known(
        "VON-STENGEL-2016",
        SourceKind.PAPER,
        "B. von Stengel: Recursive inspection games, Mathematics of Operations Research 41(3) (2016) "
        "935-952, arXiv 1412.0129.",
    ),
    recalled(
        "DIAMOND-1982",
        SourceKind.PAPER,
        "H. Diamond: Minimax policies for unobservable inspections, Mathematics of Operations Research "
        "(1982).",
    ),
    partly_known(
        "CANTY-2001",
        SourceKind.PAPER,
        "M. J. Canty, D. Rothenstein, R. Avenhaus: Timely inspection and deterrence, European Journal of "
        "Operational Research 131(1) (2001) 208-223.",
    ),
    partly_known(
        "VON-STENGEL-ZAMIR-2010",
        SourceKind.PAPER,
        "B. von Stengel, S. Zamir: Leadership games with convex strategy sets, Games and Economic Behavior "
        "69(2) (2010) 446-457.",
    ),
    partly_known(
        "CONITZER-SANDHOLM-2006",
        SourceKind.PAPER,
        "V. Conitzer, T. Sandholm: Computing the optimal strategy to commit to, Proceedings of the 7th ACM "
        "Conference on Electronic Commerce (2006) 82-90.",
    ),
    recalled(
        "TAMMELIN-2014",
        SourceKind.PAPER,
        "O. Tammelin: Solving large imperfect information games using CFR+, 2014, arXiv 1407.5042.",
    ),
    recalled(
        "FARINA-2021",
        SourceKind.PAPER,
        "G. Farina, C. Kroer, T. Sandholm: Faster game solving via predictive Blackwell approachability: "
        "connecting regret matching and mirror descent, Proceedings of the AAAI Conference on Artificial "
        "Intelligence 35(6) (2021) 5363-5371, arXiv 2007.14358.",
    ),
    recalled(
        "STONE-1975",
        SourceKind.BOOK,
        "L. D. Stone: Theory of Optimal Search, Academic Press, 1975.",
    ),
    partly_known(
        "JUNG-2025",
        SourceKind.PAPER,
        "B. Jung, J. Bosse, M. Goettsche: Reconstructing North Korea's Plutonium Production History with "
        "Bayesian Inference-Based Reprocessing Waste Analysis, 2025, arXiv 2506.03865.",
    ),
    recalled(
        "SILVERMAN-1986",
        SourceKind.BOOK,
        "B. W. Silverman: Density Estimation for Statistics and Data Analysis, Chapman and Hall, 1986.",
    ),
    recalled(
        "KLEINROCK-1975",
        SourceKind.BOOK,
        "L. Kleinrock: Queueing Systems, Volume 1: Theory, Wiley, 1975.",
    ),
    recalled(
        "SALMON-2011",
        SourceKind.PAPER,
        "J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel random numbers: as easy as 1, 2, 3, "
        "SC11, November 2011.",
    ),
    recalled(
        "LEMIRE-2019",
        SourceKind.PAPER,
        "D. Lemire: Fast random integer generation in an interval, ACM Transactions on Modeling and Computer "
        "Simulation 29(1) (2019), arXiv 1805.10941.",
    ),
    recalled(
        "MARSAGLIA-TSANG-2000",
        SourceKind.PAPER,
        "G. Marsaglia, W. W. Tsang: A simple method for generating gamma variables, ACM Transactions on "
        "Mathematical Software 26(3) (2000) 363-372.",
    ),
)
"""Games first, then what is undeclared, then pace, then random numbers."""
