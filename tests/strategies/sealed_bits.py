"""What the fixed requests come to, to the last bit: by Python 3.11 to 3.13 and NumPy 2.0 to 2.5, on x86-64.

Whoever changes a request or, on purpose, a decision writes down the new bits here: the tests print them.
"""

WIRE = {
    "no-radiation": "2c69f4c4f9d3d3014feb0ead6e7a9be68a3c32172c21b666573bc0132e05b4c8",
    "neutron-presence": "70507a8603c37539366a32a7b58731c2d5648c6589d965597ae0690bdaf9f0b4",
    "plutonium-mass": "12c69c821828889dc0835232303ecb8496cbe44e812c870646563ec3ee26627f",
    "plutonium-mass, one cycle": "6d1fc6d8b0578528d541b26f125acb9ce7b593170d79190395b4fc742cfdf863",
    "plutonium-mass, report": "904888d6f86838a3092c4ead8a03db1b94ebe82498d7a4d3b97264eedb3373ca",
    "plutonium-presence": "5ab03a331a9e9744fee3a18658964319f9465677a80b4660228948134b68b3d3",
    "plutonium-ratio": "686f2c5d41ddaf387c80e536ef637b27ae00da90dee49c8dab5b3daa457d3714",
    "symmetry": "b0eafea3c8e71c1bffb4331721bcd95788b71c1f2a4e4d7115f8d85a67e45e9d",
    "template": "e0c166e623abf2c67b81651727f2235571fe456830e01a83b3050f715a47e0d0",
    "uranium-enrichment": "2c2ea25cbabf8b104b752e5adb964afb4c95e4066f64f70735525fd90fa48cb1",
    "uranium-presence": "227921dc6df86639fb8653a723207c4ec0cc7d58e2690996eee91505154160fa",
}
"""SHA-256 of each request on the wire without a deadline: tells another question from another answer."""

PINNED = {
    "no-radiation": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "below-critical-limit",
        "net_rate_60_300_kev_per_s 0x1.3333333333333p-1 0x1.3495639a98073p+0 0x1.72617c1bda512p-1",
        "net_rate_300_1450.5_kev_per_s 0x1.f1eb851eb851fp+1 0x1.50e5d95e27725p+1 0x1.b8db8bac710ccp+1",
    ],
    "neutron-presence": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "clears-threshold",
        "net_rate_per_s 0x1.22b3333333333p+8 0x1.74acf9d9edf7dp+1 0x1.ef34d6a161e4fp-2",
    ],
    "plutonium-mass": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "clears-threshold",
        "pu_mass_g 0x1.6014e836d9678p+2 0x1.5b09d08d43b19p-3 0x1.2bd1b8faa5992p-3",
        "multiplication 0x1.1f1f6deb24931p+0 0x1.f44882c6f9537p-8 0x0.0p+0",
        "alpha 0x1.186541ff8cddcp-1 0x1.297b880dc14d2p-5 0x0.0p+0",
        "m240_g 0x1.19aa535f1452dp+0 0x1.15a173a43627bp-5 0x0.0p+0",
    ],
    "plutonium-mass, one cycle": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "clears-threshold",
        "pu_mass_g 0x1.600a1d66cb8dbp+2 0x1.167f098d2d180p-3 0x1.2bc986f636b20p-3",
        "multiplication 0x1.1f1fb146ad7aep+0 0x1.41cbd8a79d177p-8 0x0.0p+0",
        "alpha 0x1.187cd2d1dabccp-1 0x1.0a4c4d9d7831bp-5 0x0.0p+0",
        "m240_g 0x1.19a1b11f093e3p+0 0x1.bd980f4848267p-6 0x0.0p+0",
    ],
    "plutonium-mass, report": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "clears-threshold",
        "pu_mass_g 0x1.611bd9c8b5b8ap+2 0x1.1ab8c4cb42744p-3 0x1.2d3fd41b8863fp-3",
        "multiplication 0x1.1f16e61190eb8p+0 0x1.0f32cf64dabb3p-7 0x0.0p+0",
        "alpha 0x1.29cce226e4e52p-1 0x1.b117a8b9642b3p-6 0x0.0p+0",
        "m240_g 0x1.1a7cae3a2afa2p+0 0x1.c45ad4786a53ap-6 0x0.0p+0",
    ],
    "plutonium-presence": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "all-lines-present",
        "net_rate_per_s_at_250.00_kev 0x1.cf851eb851eb8p+4 0x1.59a0e1a88d2aep-1 0x0.0p+0",
    ],
    "plutonium-ratio": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "all-lines-present",
        "net_rate_per_s_at_413.71_kev 0x1.7a5ca981cb4ffp+14 0x1.f312b2bc90463p+3 0x0.0p+0",
        "net_rate_per_s_at_345.01_kev 0x1.28fb61f8a4670p+13 0x1.4b8c5ba6f7100p+3 0x0.0p+0",
        "net_rate_per_s_at_375.05_kev 0x1.a3c2f02caf02dp+14 0x1.0a7a51ad8c98cp+4 0x0.0p+0",
        "net_rate_per_s_at_392.90_kev 0x1.236f7d4a16e3bp+13 0x1.37be2f27fedadp+3 0x0.0p+0",
        "net_rate_per_s_at_451.48_kev 0x1.78060258bf258p+11 0x1.60ccbc3d7d7d8p+2 0x0.0p+0",
        "mass_ratio_240_to_239 0x1.0bed5ed0d7a00p-4 0x1.6c91961a82710p-10 0x1.0624dd2f1a9fcp-6",
        "net_ratio_662_to_645 0x1.6e860cf457053p+1 0x0.0p+0 0x0.0p+0",
        "chi2_per_degree 0x1.8f8c0bee8fa19p-1 0x0.0p+0 0x0.0p+0",
        "worst_pull 0x1.1c0df788a7270p-1 0x0.0p+0 0x0.0p+0",
        "integers clears-threshold 1054 264",
    ],
    "symmetry": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "clears-threshold",
        "side_0_deviation -0x1.a34b2915aebc0p-7 0x1.d42bf965c3c7fp-11 0x1.47ae147ae147bp-7",
        "side_1_deviation -0x1.a93b69ede9000p-9 0x1.d596fd01f7cfdp-11 0x1.47ae147ae147bp-7",
        "side_2_deviation 0x1.42185898d8700p-8 0x1.d6c9ad7ac8978p-11 0x1.47ae147ae147bp-7",
        "side_3_deviation 0x1.6c8dd744bcc00p-7 0x1.d7b10a1e90f34p-11 0x1.47ae147ae147bp-7",
    ],
    "template": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "like-template",
        "chi_square 0x1.8e28ed66fa4d4p+1 0x0.0p+0 0x0.0p+0",
        "sqrt_n_d 0x1.3c099602b1b7cp-1 0x0.0p+0 0x0.0p+0",
        "rate_over_that_of_template 0x1.004044cc2d9a2p+0 0x1.23cfc356ce671p-10 0x1.4800580f9687ep-7",
    ],
    "uranium-enrichment": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "clears-threshold",
        "mass_fraction_of_u235 0x1.2ff0752870e48p-1 0x1.5f50076a6cd6ap-7 0x1.876895284c7edp-7",
        "chi2_per_degree_2 0x1.ac6b79583a100p-5 0x0.0p+0 0x0.0p+0",
        "chi2_per_degree_3 0x1.8223bf58f16dbp-7 0x0.0p+0 0x0.0p+0",
    ],
    "uranium-presence": [
        (
            "4353424101000000000000000000000703050705030d0f0d03050705031d1f1d"
            "03050705030d0f0d03050705033d3f3d00000000000000000000000000000000"
        ),
        "confirmed",
        "all-lines-present",
        "net_rate_per_s_at_185.71_kev 0x1.5f941bff11affp+16 0x1.e04c293bb1121p+4 0x0.0p+0",
        "net_rate_per_s_at_143.76_kev 0x1.2142eef8eb763p+14 0x1.b66da21d989d7p+3 0x0.0p+0",
        "net_rate_per_s_at_205.31_kev 0x1.d9198be3a13b4p+12 0x1.175062d416b75p+3 0x0.0p+0",
        "mass_fraction_of_u235 0x1.2ff0752870e48p-1 0x1.5f50076a6cd6ap-7 0x1.876895284c7edp-7",
        "chi2_per_degree_2 0x1.ac6b79583a100p-5 0x0.0p+0 0x0.0p+0",
        "chi2_per_degree_3 0x1.8223bf58f16dbp-7 0x0.0p+0 0x0.0p+0",
    ],
}
"""The 64 bytes of each answer, its outcome and reason, and name, estimate and uncertainties of each figure."""
