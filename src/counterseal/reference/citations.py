"""The registry of outside texts: what ``[KEY]`` stands for, and how well each text is known.

What statistics and the design of a regime follow stands in ``statistics_sources.py`` and
``design_sources.py``; all else stands here.
"""

from datetime import date

from counterseal.reference.design_sources import DESIGN_SOURCES
from counterseal.reference.errors import UnknownCitationError
from counterseal.reference.source import Source, SourceKind, partly_known, recalled
from counterseal.reference.statistics_sources import STATISTICS_SOURCES
from counterseal.terms.outcomes import KnownAs

_READ = date(2026, 11, 20)


def _read(key: str, kind: SourceKind, text: str) -> Source:
    return Source(key=key, text=text, kind=kind, known_as=KnownAs.CONFIRMED, read_on=_READ)


SOURCES: tuple[Source, ...] = (
    partly_known(
        "A-78-120",
        SourceKind.SOURCE_DOCUMENT,
        "United Nations, A/78/120: Group of Governmental Experts to further consider nuclear disarmament "
        "verification issues, final report, 2023.",
    ),
    partly_known(
        "A-75-126",
        SourceKind.SOURCE_DOCUMENT,
        "United Nations, A/75/126: report of the Secretary-General with the replies of States on A/74/90, "
        "the report of the first group of experts on nuclear disarmament verification, 2020.",
    ),
    recalled(
        "NPT-2018-WP-6",
        SourceKind.SOURCE_DOCUMENT,
        "NPT/CONF.2020/PC.II/WP.6: working paper submitted by the European Union on nuclear disarmament "
        "verification, 2018.",
    ),
    recalled(
        "CD-2018-SB1",
        SourceKind.SOURCE_DOCUMENT,
        "Conference on Disarmament, subsidiary body 1, report, 5 September 2018.",
    ),
    partly_known(
        "A-RES-71-67",
        SourceKind.SOURCE_DOCUMENT,
        "United Nations General Assembly, resolution 71/67, Nuclear disarmament verification, 2016.",
    ),
    _read(
        "RFC-6962",
        SourceKind.STANDARD,
        "B. Laurie, A. Langley, E. Kasper: Certificate Transparency, RFC 6962, June 2013; section 2.1, "
        "Merkle hash trees, inclusion and consistency proofs.",
    ),
    _read(
        "RFC-8032",
        SourceKind.STANDARD,
        "S. Josefsson, I. Liusvaara: Edwards-Curve Digital Signature Algorithm (EdDSA), RFC 8032, "
        "January 2017.",
    ),
    _read(
        "RFC-8785",
        SourceKind.STANDARD,
        "A. Rundgren, B. Jordan, S. Erdtman: JSON Canonicalization Scheme (JCS), RFC 8785, June 2020.",
    ),
    recalled(
        "RFC-4648",
        SourceKind.STANDARD,
        "S. Josefsson: The Base16, Base32, and Base64 Data Encodings, RFC 4648, October 2006.",
    ),
    recalled(
        "FIPS-180-4",
        SourceKind.STANDARD,
        "National Institute of Standards and Technology: Secure Hash Standard, FIPS 180-4, August 2015.",
    ),
    _read(
        "DSSE",
        SourceKind.STANDARD,
        "Secure Systems Lab: Dead Simple Signing Envelope (DSSE), version 1.0.2, May 2024; protocol and "
        "envelope.",
    ),
    _read(
        "C2SP-SIGNED-NOTE",
        SourceKind.STANDARD,
        "C2SP: Note (c2sp.org/signed-note), v1.0.0.",
    ),
    _read(
        "C2SP-TLOG-CHECKPOINT",
        SourceKind.STANDARD,
        "C2SP: Transparency Log Checkpoints (c2sp.org/tlog-checkpoint), v1.0.0.",
    ),
    _read(
        "C2SP-TLOG-COSIGNATURE",
        SourceKind.STANDARD,
        "C2SP: Transparency Log Cosignatures (c2sp.org/tlog-cosignature), signature types 0x04 and 0x06.",
    ),
    _read(
        "C2SP-TLOG-TILES",
        SourceKind.STANDARD,
        "C2SP: Tiled Transparency Logs (c2sp.org/tlog-tiles).",
    ),
    _read(
        "C2SP-TLOG-PROOF",
        SourceKind.STANDARD,
        "C2SP: Transparency Log Proofs (c2sp.org/tlog-proof).",
    ),
    _read(
        "C2SP-TLOG-POLICY",
        SourceKind.STANDARD,
        "C2SP: Transparency Log Trust Policy (c2sp.org/tlog-policy).",
    ),
    _read(
        "C2SP-TLOG-WITNESS",
        SourceKind.STANDARD,
        "C2SP: Transparency Log Witnesses (c2sp.org/tlog-witness).",
    ),
    recalled(
        "FIPS-204",
        SourceKind.STANDARD,
        "National Institute of Standards and Technology: Module-Lattice-Based Digital Signature Standard, "
        "FIPS 204, August 2024.",
    ),
    recalled(
        "RFC-9106",
        SourceKind.STANDARD,
        "A. Biryukov, D. Dinu, D. Khovratovich, S. Josefsson: Argon2 Memory-Hard Function for Password "
        "Hashing and Proof-of-Work Applications, RFC 9106, September 2021.",
    ),
    recalled(
        "RFC-9180",
        SourceKind.STANDARD,
        "R. Barnes, K. Bhargavan, B. Lipp, C. Wood: Hybrid Public Key Encryption, RFC 9180, February 2022.",
    ),
    recalled(
        "XWING",
        SourceKind.STANDARD,
        "D. Connolly, P. Schwabe, B. Westerbaan: X-Wing: general-purpose hybrid post-quantum KEM, "
        "draft-connolly-cfrg-xwing-kem.",
    ),
    recalled(
        "SHAMIR-1979",
        SourceKind.PAPER,
        "A. Shamir: How to share a secret, Communications of the ACM 22(11), November 1979, pp. 612-613.",
    ),
    _read(
        "SIMMONS-1998",
        SourceKind.PAPER,
        "G. J. Simmons: The History of Subliminal Channels, IEEE Journal on Selected Areas in Communications "
        "16(4), May 1998, pp. 452-462.",
    ),
    recalled(
        "CCTV-ED25519",
        SourceKind.VECTORS,
        "C2SP/CCTV: community cryptography test vectors, ed25519, 914 edge cases of signature verification.",
    ),
    recalled(
        "PANDA-1991",
        SourceKind.BOOK,
        "D. Reilly, N. Ensslin, H. Smith, S. Kreiner (editors): Passive Nondestructive Assay of Nuclear "
        "Materials, NUREG/CR-5550, LA-UR-90-732, March 1991.",
    ),
    recalled(
        "ENSSLIN-1998",
        SourceKind.BOOK,
        "N. Ensslin, W. C. Harker, M. S. Krick, D. G. Langner, M. M. Pickrell, J. E. Stewart: Application "
        "Guide to Neutron Multiplicity Counting, LA-13422-M, Los Alamos National Laboratory, November 1998.",
    ),
    _read(
        "INCC-5",
        SourceKind.DATA,
        "Los Alamos National Laboratory: INCC 5.1.2, result files of five measurements with parameters, raw "
        "data, histograms and results (the program's manual is LA-UR-10-6227, which was not read).",
    ),
    _read(
        "INCC-6",
        SourceKind.DATA,
        "Los Alamos National Laboratory: INCC6, source code, 2016 (public repository hnordquist/INCC6, file "
        "Defs/IsoAndStrat.cs): half-lives, length of the year, weights of alpha and of effective Pu-240.",
    ),
    recalled(
        "BOEHNEL-1985",
        SourceKind.PAPER,
        "K. Boehnel: The effect of multiplication on the quantitative determination of spontaneously "
        "fissioning isotopes by neutron correlation analysis, Nuclear Science and Engineering 90 (1985) "
        "75-82.",
    ),
    recalled(
        "DYTLEWSKI-1991",
        SourceKind.PAPER,
        "N. Dytlewski: Dead-time corrections for multiplicity counters, Nuclear Instruments and Methods in "
        "Physics Research A305 (1991) 492-494.",
    ),
    recalled(
        "FEYNMAN-1956",
        SourceKind.PAPER,
        "R. P. Feynman, F. de Hoffmann, R. Serber: Dispersion of the neutron emission in U-235 fission, "
        "Journal of Nuclear Energy 3 (1956) 64-69.",
    ),
    recalled(
        "ZUCKER-HOLDEN-1986",
        SourceKind.DATA,
        "M. S. Zucker, N. E. Holden: Energy dependence of the neutron multiplicity P(nu) in fast-neutron-"
        "induced fission for U-235, U-238 and Pu-239, BNL-38491, Brookhaven National Laboratory, 1986.",
    ),
    recalled(
        "SANTI-MILLER-2008",
        SourceKind.DATA,
        "P. Santi, M. Miller: Reevaluation of prompt neutron emission multiplicity distributions for "
        "spontaneous fission, Nuclear Science and Engineering 160 (2008) 190-199.",
    ),
    _read(
        "LLNL-FISSION",
        SourceKind.DATA,
        "J. M. Verbeke, C. Hagmann, D. Wright: Simulation of Neutron and Gamma Ray Emission from Fission and "
        "Photofission, UCRL-AR-228518; read in its source code, UCRL-CODE-224807, as Geant4 has it "
        "(G4SmpSpNuDistData, G4SmpNuDistDataPu239).",
    ),
    recalled(
        "CURRIE-1968",
        SourceKind.PAPER,
        "L. A. Currie: Limits for qualitative detection and quantitative determination: application to "
        "radiochemistry, Analytical Chemistry 40(3), 1968, pp. 586-593.",
    ),
    recalled(
        "ISO-11929-1",
        SourceKind.STANDARD,
        "ISO 11929-1:2019, Determination of the characteristic limits (decision threshold, detection limit "
        "and limits of the coverage interval) for measurements of ionizing radiation, part 1.",
    ),
    recalled(
        "PRZYBOROWSKI-1940",
        SourceKind.PAPER,
        "J. Przyborowski, H. Wilenski: Homogeneity of results in testing samples from Poisson series, "
        "Biometrika 31 (1940) 313-323.",
    ),
    partly_known(
        "UKNI-SOFTWARE",
        SourceKind.BOOK,
        "UK-Norway Initiative: information barrier, software in Ada/SPARK (Open Government Licence 3.0; "
        "public repository tjj2017/UKNI-Information-Barrier), package Measurement.",
    ),
    recalled(
        "MCCULLAGH-NELDER-1989",
        SourceKind.BOOK,
        "P. McCullagh, J. A. Nelder: Generalized Linear Models, second edition, Chapman and Hall, 1989; "
        "chapter 2, fitting by scoring.",
    ),
    recalled(
        "NUMERICAL-RECIPES",
        SourceKind.BOOK,
        "W. H. Press, S. A. Teukolsky, W. T. Vetterling, B. P. Flannery: Numerical Recipes, Cambridge "
        "University Press; chapter 14.3, are two distributions different?.",
    ),
    recalled(
        "VOVK-2005",
        SourceKind.BOOK,
        "V. Vovk, A. Gammerman, G. Shafer: Algorithmic Learning in a Random World, Springer, 2005.",
    ),
    recalled(
        "SHEPHERD-1981",
        SourceKind.PAPER,
        "M. M. Shepherd, J. G. Laframboise: Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in "
        "0 <= x < infinity, Mathematics of Computation 36 (1981) 249-253.",
    ),
    recalled(
        "WALLACE-1959",
        SourceKind.PAPER,
        "D. L. Wallace: Bounds on normal approximations to Student's and the chi-square distributions, "
        "Annals of Mathematical Statistics 30(4) (1959) 1121-1130.",
    ),
    recalled(
        "KLEIN-NISHINA-1929",
        SourceKind.PAPER,
        "O. Klein, Y. Nishina: Ueber die Streuung von Strahlung durch freie Elektronen nach der neuen "
        "relativistischen Quantendynamik von Dirac, Zeitschrift fuer Physik 52 (1929) 853-868.",
    ),
    recalled(
        "LAWSON-HANSON-1974",
        SourceKind.BOOK,
        "C. L. Lawson, R. J. Hanson: Solving Least Squares Problems, Prentice-Hall, 1974; chapter 23.",
    ),
    recalled(
        "KNOLL",
        SourceKind.BOOK,
        "G. F. Knoll: Radiation Detection and Measurement, Wiley; chapters 10, 12 and 13.",
    ),
    recalled(
        "UNSCEAR-2000",
        SourceKind.DATA,
        "United Nations Scientific Committee on the Effects of Atomic Radiation: Sources and Effects of "
        "Ionizing Radiation, 2000 Report to the General Assembly, volume I, annex B, Exposures from natural "
        "radiation sources.",
    ),
    recalled(
        "ANSI-N42-42",
        SourceKind.STANDARD,
        "ANSI N42.42, American National Standard Data Format for Radiation Detectors Used for Homeland "
        "Security, editions of 2006 and 2012.",
    ),
    recalled(
        "IEC-61455",
        SourceKind.STANDARD,
        "IEC 61455:1995, Nuclear instrumentation - MCA histogram data interchange format for nuclear "
        "spectroscopy (first published as IEC 1455).",
    ),
    recalled(
        "ORTEC-753800",
        SourceKind.STANDARD,
        "ORTEC: Software File Structure Manual for DOS and Windows Systems, part 753800.",
    ),
    partly_known(
        "ENSDF",
        SourceKind.DATA,
        "Evaluated Nuclear Structure Data File, as read through paceENSDF 0.6.3 (2024).",
    ),
    partly_known(
        "UKDD-12",
        SourceKind.DATA,
        "United Kingdom decay data library UKDD-12 (2012), as read through actigamma 0.1.5.",
    ),
    partly_known(
        "ICRP-107",
        SourceKind.DATA,
        "ICRP Publication 107: Nuclear Decay Data for Dosimetric Calculations, Annals of the ICRP 38(3), "
        "2008, as read through radioactivedecay 0.6.1; masses AME2020.",
    ),
    *STATISTICS_SOURCES,
    *DESIGN_SOURCES,
)
"""Every outside text that is cited, the source documents first."""

_BY_KEY = {source.key: source for source in SOURCES}


def cited(key: str) -> Source:
    """Return the source that ``[key]`` stands for.

    Raises:
        UnknownCitationError: the registry holds no such key.

    Examples:
        >>> cited("RFC-8785").kind.value
        'standard'
    """
    try:
        return _BY_KEY[key]
    except KeyError:
        raise UnknownCitationError(
            f"citation [{key}]: not in the registry of reference/citations.py; "
            "cite a registered text, or add it"
        ) from None
