"""Spellings of products as users paste them, with the ASIN and the marketplace that they name.

A line of `REAL` and `APP_LINKS` holds the marketplace (`-` for none), the ASIN, and the text. `REAL`
was found in test suites of URL cleaners and client libraries, in their bug reports, and in public
documents that link to Amazon; only tracking parameters were shortened. `APP_LINKS` has the formats
that public code uses to open Amazon's apps. `SPELLINGS` are made up, from forms that were reported.
"""

# fmt: off
REAL = r"""
US B01IG0E1F0 https://www.amazon.com/gp/product/B01IG0E1F0/ref=s9u_nwrsa_gw_i3?ie=UTF8&fpl=fresh&pd_rd_i=B01IG0E1F0&pf_rd_i=desktop
US B0B151JYPV https://www.amazon.com/gp/product/B0B151JYPV
UK B003E7UNE4 https://www.amazon.co.uk/d/Hair-Gel/Eco-Styler-Olive-Oil-Styling/B003E7UNE4
MX B07GBDTV2Y https://www.amazon.com.mx/Ale-Zavala-Nacimiento-Adorno-Navide%C3%B1o/dp/B07GBDTV2Y
IT B0899VXM8F https://www.amazon.it/Raspberry-Pi-Computer-8GB-RAM/dp/B0899VXM8F/?_encoding=UTF8&content-id=amzn1.sym.7641a319-a1d0-47bb&ref_=pd_gw_bmx_gp
US 193609620X https://www.amazon.com/Knit-Noro-Accessories-Colorful-Little/dp/193609620X
CA B0031TZ98K https://www.amazon.ca/Too-Much-Happiness-Alice-Munro-ebook/dp/B0031TZ98K/
DE 3596294312 https://www.amazon.de/Buddenbrooks-Verfall-einer-Familie-Roman/dp/3596294312/
JP 4101001014 https://www.amazon.co.jp/%E9%9B%AA%E5%9B%BD-%E6%96%B0%E6%BD%AE%E6%96%87%E5%BA%AB/dp/4101001014/
FR 2070114147 https://www.amazon.fr/Les-Mots-autres-%C3%A9crits-autobiographiques/dp/2070114147/
BR B00J2B414Y https://www.amazon.com.br/A-p%C3%A1tria-chuteiras-Nelson-Rodrigues-ebook/dp/B00J2B414Y/
IN 9381523169 https://www.amazon.in/Fireflies-Rabindranath-Tagore/dp/9381523169/
CA B087Z3N428 https://www.amazon.ca/gp/product/B087Z3N428?pf_rd_r=SXABADD0ZZ3NF9Q5F8TW&pd_rd_w=FfIoI&ref_=pd_gw_unk
US B006ZNBSA2 http://www.amazon.com/dp/product/B006ZNBSA2?smid=ATVPDKIKX0DER
US B006ZNBSA2 http://www.amazon.com/Maclaren_Stroller/dp/B006ZNBSA2?smid=ATVPDKIKX0DER
US B006ZNBSA2 http://www.amazon.com/o/ASIN/B006ZNBSA2?smid=ATVPDKIKX0DER
US B006ZNBSA2 http://www.amazon.com/exec/obidos/tg/detail/-/B006ZNBSA2?smid=ATVPDKIKX0DER
US B006ZNBSA2 http://www.amazon.com/exec/obidos/tg/detail/blah-blah-blah/B006ZNBSA2?smid=ATVPDKIKX0DER
US B006ZNBSA2 http://www.amazon.com/dp/B006ZNBSA2/more?smid=ATVPDKIKX0DER
US B007P4VOWC http://www.amazon.com/dp/B007P4VOWC/ref=xs_gb_bd_CsB!FmuIall-?pf_rd_p=1392640362&pf_rd_s=center-2
US 0321256638 http://www.amazon.com/exec/obidos/tg/detail/-/0321256638/qid=1088631104/sr=8-3/ref=sr_8_xs_ap_i3_xgl14/104-7716812-0314361?v=glance&amp;s=books&amp;n=507846
US 0201633612 http://www.amazon.com/exec/obidos/tg/detail/-/0201633612/ref=ase_portlandpatternrA/002-6454224-1040813?v=glance&s=books
US 1558607323 https://www.amazon.com/exec/obidos/tg/detail/-/1558607323?tag=realtimecolli-20
US 0201633922 http://www.amazon.com/exec/obidos/ASIN/0201633922/ref%3Dnosim/ricksphotograpag/104-2703352-0145515
US 0812972155 http://www.amazon.com/exec/obidos/ASIN/0812972155/codihorr-20
US 0545010225 http://www.amazon.com/gp/redirect.html%3FASIN=0545010225%26tag=ws%26lcode=xm2%26cID=2025%26ccmID=165953%26location=/Harry-Potter-Deathly-Hallows-Book/dp/0545010225%253FSubscriptionId=13BGQE8Q6AKCRYPHG0G2
US B010F029Y4 http://www.amazon.com/gp/offer-listing/B010F029Y4%3FSubscriptionId%3DAKIAEXAMPLE%26tag%3Dmike0c7-20%26linkCode%3Dxm2%26creativeASIN%3DB010F029Y4
UK B008OGHUFK http://www.amazon.co.uk/gp/offer-listing/B008OGHUFK
JP B01LPTFJLO https://www.amazon.co.jp/gp/offer-listing/B01LPTFJLO/ref=dp_olp_used?ie=UTF8&condition=used
DE B09QFSCWD9 https://www.amazon.de/gp/product/B09QFSCWD9?psc=1&smid=A3JWKAKR8XB7XF
DE B09QFSCWD9 https://www.amazon.de/sspa/click?ie=UTF8&spc=MTo3NDk&sp_csd=d2lkZ2V0TmFtZQ&url=%2FLEGO-Technic%2Fdp%2FB09QFSCWD9%2Fref%3Dsr_1_1_sspa%3Fqid%3D1755640000
IN B07NM3RSRQ https://www.amazon.in/sspa/click?ie=UTF8&spc=ADSLOT12345&url=%2FAnker-Soundcore%2Fdp%2FB07NM3RSRQ%2Fref%3Dsr
DE B0D4D37ZVS https://www.amazon.de/-/en/sspa/click?ie=UTF8&spc=MTo2MTEyNjczNDgwMDAyMTMzOjE3NTQ1NjMzOTA6c3BfYXRm&url=%2FZimaBlade-Singleboard-Hackable-Personal-3760%2Fdp%2FB0D4D37ZVS%2Fref%3Dsr_1_1_sspa%3Fcrid%3DVIU15V2FZTZ%26dib%3DeyJ2IjoiMSJ9
US B0B57CV483 https://www.amazon.com/sspa/click?ie=UTF8&spc=MTo5MjkzMzg5ODA2MDQyOTE&url=%2FWordsworth-Black-Cartridges%2Fdp%2FB0B57CV483%3Fpsc%3D1%26pd_rd_w%3D8Wtcb
US B075XQ314Q https://www.amazon.com/gp/slredirect/picassoRedirect.html/ref=pa_sp_atf_aps_sr_pg1_1?ie=UTF8&adId=A07363153SWMG3L1PAFY5&url=%2FAyeboovi-Talking-Hamster%2Fdp%2FB075XQ314Q%2Fref%3Dsr_1_1_sspa%3Fkeywords%3DBaby%2B%2526%2BToddler&qualifier=1640098450&widgetName=sp_atf
IN B081QXQVFM https://www.amazon.in/gp/slredirect/picassoRedirect.html/ref=sspa_dk_detail_0?ie=UTF8&adId=A0667412129W9UE1L5QRV&qualifier=1607769256&url=%2Fdp%2FB081QXQVFM%2Fref%3Dsspa_dk_detail_0%3Fpsc%3D1%26pd_rd_i%3DB081QXQVFM
US 1784393878 https://www.amazon.com/gp/slredirect/picassoRedirect.html/ref=pa_sp_atf_aps_sr_pg1_1?ie=UTF8&amp;adId=A090032828WWURM8SVJPM&amp;url=https%3A%2F%2Fwww.amazon.com%2FPandas-Cookbook%2Fdp%2F1784393878%2Fref%3Dsr_1_1_sspa%3Fie%3DUTF8&amp;qualifier=1541129158
US B00115BJ30 https://www.amazon.com/gp/slredirect/picassoRedirect.html/ref=pa_sp_atf_aps_sr_pg1_2?ie=UTF8&adId=A07789501X8PNULK45LD3&url=https%3A%2F%2Fwww.amazon.com%2FRainbow-Light-Prenatal%2Fdp%2FB00115BJ30%2Fref%3Dsr_1_2%2F138-8224618-1303902
US B08N5WRWNW https://www.amazon.com/gp/redirect.html?url=%2Fgp%2Fproduct%2FB08N5WRWNW%3Fref%3Dfoo
US 161729120X http://aax-us-east.amazon-adsystem.com/x/c/QiZVriYHFuciDCpQUIuQj8sAAAFhQeGL5QEAAAFKAVVDQvE/https://assoc-redirect.amazon.com/g/r/https://www.amazon.com/Spring-Action-Covers-4/dp/161729120X/ref=as_at?creativeASIN=161729120X&slotNum=0
US 0321349601 http://aax-us-east.amazon-adsystem.com/x/c/Qk-zWBRWpPTcftc4SJDrSPcAAAFf7lxDYwEAAAFKAZETCc0/http://www.amazon.com/dp/0321349601/ref=as_at?creativeASIN=0321349601
US B0015T963C http://www.amazon.com/Kindle-Wireless-Reading-Display-Generation/dp/B0015T963C
US E0015T963C http://www.amazon.com/gp/product/glance/E0015T963C
US F018Y23P7K https://smile.amazon.com/gp/offer-listing/F018Y23P7K/ref=dp_olp_all_mbc?ie=UTF8&condition=all
US G018Y23P7K https://smile.amazon.com/product-reviews/G018Y23P7K/ref=acr_offerlistingpage_text?ie=UTF8&showViewpoints=1
US H018Y23P7K https://smile.amazon.com/forum/-/Tx3FTP6XCFXMJAO/ref=ask_dp_dpmw_al_hza?asin=H018Y23P7K
US I018Y23P7K https://smile.amazon.com/gp/customer-reviews/R1VKN59YMEK5PC/ref=cm_cr_arp_d_viewpnt?ie=UTF8&ASIN=I018Y23P7K#R1VKN59YMEK5PC
US B0CB36QMXR https://www.amazon.com/gp/customer-reviews/R1JYBKPFVVARL7?ASIN=B0CB36QMXR
US B0BSHF7WHW https://www.amazon.com/gp/aw/d/B0BSHF7WHW?some=garbage
US B000NV8940 https://www.amazon.com/gp/aw/reviews/B000NV8940
JP B01FJHF760 https://www.amazon.co.jp/gp/aw/reviews/B01FJHF760
JP B0BSHF7WHW https://www.amazon.co.jp/-/en/dp/B0BSHF7WHW/ref=foo
US B08N5WRWNW https://m.amazon.com/Some-Slug/dp/B08N5WRWNW
US B08N5WRWNW https://www.amazon.com/Slug/dp/B08N5WRWNW#customerReviews
US B07XJ8C8F5 https://www.amazon.com/Some-Product/product-reviews/B07XJ8C8F5/ref=cm_cr_arp_d_paging_btm_2?pageNumber=2
US 1593279922 https://www.amazon.com/review/create-review/?ie=UTF8&channel=glance-detail&asin=1593279922
US B00GOJWQ08 https://www.amazon.com/review/create-review?ie=UTF8&asin=B00GOJWQ08#
US B08DTRK696 https://www.amazon.com/review/create-review/ref=cm_cr_dp_d_wr_but_top?ie=UTF8&channel=glance-detail&asin=B08DTRK696
US B01EIUP20U http://www.amazon.com/gp/ask-widget/askWidget.html?asin=B01EIUP20U
US 0062472100 https://www.amazon.com/ask/questions/asin/0062472100/1/ref=ask_ql_psf_ql_hza?sort=SUBMIT_DATE
UK B08H95Y452 https://www.amazon.co.uk/gp/aod/ajax?asin=B08H95Y452
US B07V2BBMK4 https://www.amazon.com/gp/aod/ajax/ref=aod_f_new?qty=1&asin=B07V2BBMK4&pc=dp&filters=%257B%2522all%2522%253Atrue%257D
FR B09FBCRKC9 https://www.amazon.fr/gp/aws/cart/add.html?ASIN.1=B09FBCRKC9&Quantity.1=1&tag=foraumbot-fr-21
US B07PBQJYYG https://read.amazon.com/kp/embed?asin=B07PBQJYYG&preview=newtab&linkCode=kpe&ref_=cm_sw_r_kb_dp_cm5KCbE5BDJGE
US B0846NRJYR https://read.amazon.com/kp/embed?asin=B0846NRJYR&amp;preview=newtab&amp;linkCode=kpe
US B002TXZRQI https://read.amazon.com/kp/kshare?asin=B002TXZRQI&id=NpPGzf_HT5aADabyiDDSIQ&reshareChannel=system
US B0CH5YQPZQ https://www.amazon.com/gp/video/detail/B0CH5YQPZQ
JP B0B6GZ954Y https://www.amazon.co.jp/-/en/gp/video/detail/B0B6GZ954Y
DE B00K7AKZL2 https://www.amazon.de/gp/video/detail/B00K7AKZL2/ref=atv_dp?language=en
JP B0B8S2V3V7 https://www.amazon.co.jp/gp/video/detail/B0B8S2V3V7?qid=1782281464029&pageTypeIdSource=ASIN&pageTypeId=B0B8S51G5H
US 1933988495 http://www.amazon.com/gp/reader/1933988495/
US 9027979146 http://www.amazon.com/gp/reader/9027979146/ref=sib_dp_pt#reader-link
US B00IR8R7WQ http://amzn.com/B00IR8R7WQ
US 1119088577 http://amzn.com/1119088577
US B08745JBRP http://amzn.com/B08745JBRP?tag=todbotblog-20
US B000AJIF4E https://amzn.com/B000AJIF4E/
US B08SM3CDDN https://amzn.com/dp/B08SM3CDDN
US B000NCOKZQ www.amzn.com/B000NCOKZQ
US B097CMQVF4 https://www.amazon.com/dp/%E2%80%8EB097CMQVF4
DE B077RFZJ8Z https://www.amazon.de/dp/B077RFZJ8Z/ref=cm_sw_r_apan_glt_i_6ZH025Y98QRKS0HJK3A7
US B0BV2SBWVD https://www.amazon.com/dp/B0BV2SBWVD?ref=cm_sw_r_apan_dp_XVFHFPZQA55SFZY5S988&ref_=cm_sw_r_apan_dp_XVFHFPZQA55SFZY5S988&social_share=cm_sw_r_apan_dp_XVFHFPZQA55SFZY5S988&peakEvent=1&th=1
DE B08BTRQNB3 <https://www.amazon.de/dp/product/B08BTRQNB3>
DE B0BZ9NMMW4 https://www.amazon.de/dp/product/B0BZ9NMMW4?language=de_DE
DE B091G3FLL7 https://www.amazon.de/Xiaomi-Aktivit%C3%A4tstracker-Trainings-Puls%C3%BCberwachung/dp/B091G3FLL7/?_encoding=UTF8&pd_rd_w=xDcJP
CA B07WFKKN55 https://www.amazon.ca/Fire-HD-8-Tablet/dp/B07WFKKN55?ref=dlx_boxin_gd_dcl_img_0_25e298cd_dt_sl10_10#compare
US B079R47PHD https://www.amazon.com/SwissGear-Travel-Backpacks/dp/B079R47PHD/ref=asc_df_B097WDNHXM/?tag=hyprod-20&hvocijid=12501309312931971926-B097WDNHXM-&th=1
ES B017T1LB2S https://www.amazon.es/gp/offer-listing/B017T1LB2S
US B07BFCVJZC [ergonomic mouse](https://www.amazon.com/Ergonomic-Mouse-Vertical-Wireless-Rechargeable/dp/B07BFCVJZC/ref=sr_1_6?s=pc&keywords=ergonomic+mouse)
"""

APP_LINKS = r"""
US B082WZTJV5 com.amazon.mobile.shopping://amazon.com/dp/B082WZTJV5?tag=aipicks20-20
US B082WZTJV5 com.amazon.mobile.shopping://www.amazon.com/dp/B082WZTJV5
IN B08N5WRWNW com.amazon.mobile.shopping://amazon.in/products/B08N5WRWNW
DE B08N5WRWNW com.amazon.mobile.shopping.web://www.amazon.de/dp/B08N5WRWNW?tag=x-21
-  B08N5WRWNW com.amazon.mobile.shopping:///dp/B08N5WRWNW
US B082WZTJV5 intent://www.amazon.com/dp/B082WZTJV5?tag=aipicks20-20#Intent;scheme=https;package=com.amazon.mShop.android.shopping;end
-  B08N5WRWNW intent://#Intent;package=com.amazon.mShop.android.shopping;scheme=com.amazon.mobile.shopping.web://www.amazon.de/o/ASIN/B08N5WRWNW/x-21/ref=nosim//;end
-  B08S35PYWM kindle://book?action=open&asin=B08S35PYWM&location=12
-  B004GJDQT8 amzn://apps/android?asin=B004GJDQT8
"""

SPELLINGS = [
    ("US B0C0FFEE42", "https://www.amazon.com/dp/B0C0FFEE42."),
    ("DE B0C0FFEE42", "Acme Kettle 1.7 l https://www.amazon.de/dp/B0C0FFEE42?ref=cm_sw_r_apan_dp"),
    ("UK B0C0FFEE42", "https://www.amazon.co.uk/d/Kettles/Acme-Steel-Kettle/B0C0FFEE42"),
    ("UK B0C0FFEE42", "https://www.amazon.co.uk/d/Headphones/Wasserfest/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/product/Wasserfest/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/Wasserfest/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/product/Wasserfest/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/aw/h.html#!/dp/B0C0FFEE42?th=1"),
    ("DE WASSERFEST", "https://www.amazon.de/Kettle/dp/Wasserfest"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/product/B0C0FFEE42/B0BBBBBBBB"),
    ("- B0C0FFEE42", "\u200eB0C0FFEE42"),
    ("- B0C0FFEE42", "\u202aB0C0\u200bFFEE42\u202c"),
    ("- B0C0FFEE42", "\u2066b0c0ffee42\u2069\ufe0f"),
    ("- B0C0FFEE42", "ASIN: B0C0FFEE42"),
    ("- B0C0FFEE42", "ASIN=B0C0FFEE42;"),
    ("- B0C0FFEE42", "(B0C0FFEE42),"),
    ("- B0C0FFEE42", "商品B0C0FFEE42を見る"),
    ("- 3596294312", "ISBN 3-596-29431-2"),
    ("- 080442957X", "0-8044-2957-X"),
    ("- 080442957X", "080442957x"),
    ("DE B0C0FFEE42", "„https://www.amazon.de/dp/B0C0FFEE42“"),
    ("DE B0C0FFEE42", "«https://www.amazon.de/dp/B0C0FFEE42»"),
    ("DE B0C0FFEE42", "'www.amazon.de/dp/B0C0FFEE42',"),
    ("DE B0C0FFEE42", "(amazon.de/dp/B0C0FFEE42)!"),
    ("DE B0C0FFEE42", "link:www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", 'href="https://www.amazon.de/dp/B0C0FFEE42">Kettle</a>'),
    ("DE B0C0FFEE42", "&lt;a href=&quot;https://www.amazon.de/dp/B0C0FFEE42&quot;&gt;"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/x?a=1&amp;amp;asin=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https&#58;&#x2F;&#x2F;www.amazon.de&#47;dp&#47;B0C0FFEE42"),
    ("DE B0C0FFEE42", "https%3A%2F%2Fwww.amazon.de%2Fdp%2FB0C0FFEE42"),
    ("DE B0C0FFEE42", "https%253A%252F%252Fwww.amazon.de%252FKettle%252Fdp%252FB0C0FFEE42%253Fth%253D1"),
    ("DE B0C0FFEE42", "www.amazon.de%2Fdp%2FB0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/%64%70/%42%30C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/sspa/click?url=%252FAcme%252Fdp%252FB0C0FFEE42"),
    ("JP B0C0FFEE42", "ステンレス電気ケトルhttps://www.amazon.co.jp/dp/B0C0FFEE42"),
    ("JP B0C0FFEE42", "https://www.amazon.co.jp/dp/B0C0FFEE42を買いました"),
    ("JP B0C0FFEE42", "https://amazon.jp/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "Kettlehttps://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https:/www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", r"https:\\www.amazon.de\dp\B0C0FFEE42"),
    ("DE B0C0FFEE42", "//www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "HTTPS://WWW.AMAZON.DE:443/DP/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de./dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/dp/B0C0FFEE42&tag=x-21"),
    ("DE B0C0FFEE42", "https://www.amazon.de/dp/B0C0FFEE42;jsessionid=1"),
    ("DE B0C0FFEE42", "https://www.amazon.de/hz/reviews-render/lazy?ASIN=b0c0ffee42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/ap/signin?openid.return_to=https%3A%2F%2Fwww.amazon.de%2Fdp%2FB0C0FFEE42"),
    ("FR B0C0FFEE42", "https://www.amazon.de/gp/r.html?U=https%3A%2F%2Fwww.amazon.fr%2Fdp%2FB0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/dp/B0C0FFEE42?ref=https://example.com/dp/B0BBBBBBBB"),
    ("DE B0C0FFEE42", "see https://example.com/ and https://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "line one\r\nhttps://www.amazon.de/dp/B0C0FFEE42\r\n"),
    ("US B0C0FFEE42", "https://www.amazon.com/exec/obidos/ASIN=B0C0FFEE42/x-20"),
    ("DE B0C0FFEE42", "https://music.amazon.de/albums/B0C0FFEE42"),
    ("- B0C0FFEE42", "/gp/product/Wasserfest/dp/B0C0FFEE42"),
    ("- B0C0FFEE42", "dp/B0C0FFEE42"),
    ("- B0C0FFEE42", "/dp/B0C0FFEE42/ref=sr_1.1"),
    ("- B0C0FFEE42", "B0C0FFEE42/"),
    ("- B0C0FFEE42", "b0c0ffee42/?th=1"),
    ("- B0C0FFEE42", "%2FK%C3%BCche%2Fdp%2FB0C0FFEE42"),
    ("- B0C0FFEE42", "(/dp/B0C0FFEE42)."),
    ("- B0C0FFEE42", "/gp/offer-listing?ASIN=B0C0FFEE42"),
    ("- 3596294312", "/dp/3596294312"),
    ("DE B0C0FFEE42", "http://https://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://http:/www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "htps://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "ttps://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "htttps://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "hxxps://www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https;//www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https//www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https:www.amazon.de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www。amazon。de/dp/B0C0FFEE42"),
    ("DE B0C0FFEE42", "www．amazon．de/dp/B0C0FFEE42"),
    ("JP B0C0FFEE42", "https://www｡amazon%EF%BD%A1co.jp/dp/B0C0FFEE42｡"),
    ("DE B0C0FFEE42", "_https://www.amazon.de/dp/B0C0FFEE42_"),
    ("DE B0C0FFEE42", "***https://www.amazon.de/dp/B0C0FFEE42***"),
    ("DE B0C0FFEE42", "~~__https://www.amazon.de/dp/B0C0FFEE42__~~,"),
    ("DE B0C0FFEE42", "_https://www.amazon.de/gp/x?asin=B0C0FFEE42_"),
    ("- B0C0FFEE42", "_B0C0FFEE42_"),
    ("- B0C0FFEE42", "**B0C0FFEE42**"),
    ("DE 3596294312", "https://www.amazon.de/Buddenbrooks/dp/3-596-29431-2/ref=sr_1"),
    ("DE 080442957X", "https://www.amazon.de/dp/0-8044-2957-x"),
    ("DE 3596294312", "https://www.amazon.de/gp/x?isbn=3-596-29431-2&x=1"),
    ("DE B0C0FFEE42", "https://www.amazon.de/stores/page/x?pd_rd_i=B0C0FFEE42&ref_=x"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/redirect.html?creativeASIN=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/redirect.html?redirectASIN=b0c0ffee42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/goldbox?gb_asin=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/x?parentAsin[0]=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/cart/add?items[0.base][asin]=B0C0FFEE42&items[0.base][quantity]=1"),
    ("DE B0C0FFEE42", "https://www.amazon.de/cart/add?items%5B0.base%5D%5Basin%5D=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/browse.html#asin=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/browse.html?a=1#asin=B0C0FFEE42"),
    ("DE B0C0FFEE42", "https://www.amazon.de/gp/browse.html?ie=UTF8;asin=B0C0FFEE42"),
    ("FR B0C0FFEE42", "https://www.amazon.de/gp/r.html?creativeASIN=B0BBBBBBBB&U=https%3A%2F%2Fwww.amazon.fr%2Fdp%2FB0C0FFEE42"),
    ("DE B0C0FFEE42", "https://ws-eu.amazon-adsystem.com/widgets/q?_encoding=UTF8&ASIN=B0C0FFEE42&MarketPlace=DE&WS=1"),
    ("UK B0C0FFEE42", "//ws-eu.amazon-adsystem.com/widgets/q?ASIN=B0C0FFEE42&MarketPlace=GB"),
    ("US B0C0FFEE42", "//ws-na.amazon-adsystem.com/widgets/q?OneJS=1&marketplace=amazon&region=US&asins=B0C0FFEE42"),
    ("ES B0C0FFEE42", "https://rcm-eu.amazon-adsystem.com/e/cm?t=x-21&o=30&p=8&l=as1&asins=B0C0FFEE42"),
    ("JP B0C0FFEE42", "https://ir-jp.amazon-adsystem.com/e/ir?t=x-22&l=li2&o=9&a=B0C0FFEE42"),
    ("UK B0C0FFEE42", "//ir-uk.amazon-adsystem.com/e/ir?t=x-21&l=am2&a=B0C0FFEE42"),
    ("- B0C0FFEE42", "//ir-eu.amazon-adsystem.com/e/ir?t=x-21&l=am2&a=B0C0FFEE42"),
    ("US B08N5WRWNW", "https://www.google.com/url?q=https://www.amazon.com/dp/B08N5WRWNW"),
    ("DE B0C0FFEE42", "https://www.google.de/url?sa=t&url=https%3A%2F%2Fwww.amazon.de%2Fdp%2FB0C0FFEE42&usg=AOv"),
    ("DE B0C0FFEE42", "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.amazon.de%2Fdp%2FB0C0FFEE42%3Ffbclid%3Dx&h=AT0"),
    ("DE B0C0FFEE42", "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fwww.amazon.de%2Fdp%2FB0C0FFEE42"),
    ("DE B0C0FFEE42", "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.amazon.de%2Fdp%2FB0C0FFEE42&data=05"),
    ("AU B0C0FFEE42", "https://www.amazon.com.au/gp/f.html?C=3PA&T=C&U=https%3A%2F%2Fwww.amazon.com.au%2Fdp%2FB0C0FFEE42"),
]

SHORT_LINKS = [
    "http://amzn.to/2eEPcFk", "https://amzn.to/3abcDEF", "amzn.to/3abcDEF", "https://amzn.eu/d/5dF49o2",
    "https://amzn.asia/d/0aBcDeF", "https://amzn.in/d/06dMwQMU", "see amzn.in/d/abc", "https://a.co/d/9DweDUD",
    "a.co/d/9DweDUD", "https://link.amazon/B09xPVTQy", "https://amzlink.to/az0kKjY684Uj9",
    "https://r.amzlink.to/?btn_url=https%3A%2F%2Fwww.amazon.com%2Fshop%2Fx", "https://amzn.com/d/abc",
    "https://amzn.ae/d/abc", "https://amazon.app.link/AbCdEf", "HTTPS://AMZN.TO/3abcDEF", "www.amzn.to/3abc",
    "(https://amzn.to/3abcDEF)", "Acme Kettle 1.7 l https://amzn.eu/d/5dF49o2", "[Kettle](https://a.co/d/9DweDUD)",
    "https%3A%2F%2Famzn.to%2F3abcDEF", "\u200ehttps://amzn.to/3abcDEF", "Kettlehttps://amzn.to/3abcDEF",
    "https://www.amazon.de/dp/B0C0FFEE42 https://amzn.to/3abcDEF", "https://amzn.to./3abcDEF",
    "https://amzn．to/abc", "amzn。to/abc", "htps://amzn.to/abc", "http://https://amzn.to/abc",
    "https://www.google.com/url?q=https://amzn.to/abc",
    "https://amzn.to/B0C0FFEE42", "http:\\\\amzn.to\\3abc", "&lt;https://amzn.to/3abc&gt;",
]

OTHER_PAGES = [
    "https://www.amazon.com/", "https://www.amazon.com/smartphone", "https://www.amazon.com/smartphone/x", "https://www.amazon.com/gp/cart/view.html", "https://www.amazon.com/s?k=hello&ref=nb_sb_noss",
    "https://www.amazon.com/s?k=B08N5WRWNW", "https://www.amazon.com/s?k=%E2%80%8EB09TKTZMSL&crid=1QO56RZCKGA7X",
    "https://www.amazon.com/b?node=16225007011", "https://www.amazon.com/stores/page/B08N5WRWNW",
    "https://www.amazon.com/sspa/click?url=%2Fs%3Fk%3Dhello", "https://www.amazon.com/sspa/click?ie=UTF8&spc=abc",
    "https://www.amazon.com/hz/wishlist/ls/3KMRCG63QLYAC", "https://www.amazon.com/gp/customer-reviews/RETJVNP2EQFWO",
    "https://www.amazon.com/gp/redirect.html?location=https%3A%2F%2Fwww.facebook.com%2Fshare%3Fhref%3Dhttps%253A%252F%252Fwww.amazon.com%252Fdp%252FB08QV53WTG",
    "https://www.amazon.de/gp/bestsellers/kitchen/3596294312", "https://www.amazon.com/dp/B08N5WRWN",
    "https://www.amazon.com/dp/B08N5WRWNWX", "https://www.amazon.com/dp/B08N5WRWNW-Kettle",
    "https://www.amazon.de/gp/redirect.html?url=https%3A%2F%2Fexample.com%2Fdp%2FB0C0FFEE42",
    "https://www.amazon.de/s?k=kettle&creativeASIN=WASSERFEST", "www.amazon.de", "(www.amazon.de)",
    "https://rcm-eu.amazon-adsystem.com/e/cm?o=3&p=12&l=ur1", "https://www.amazon.de/dp/3-596-29431-3",
    "https://www.amazon.de/gp/x?a=B0C0FFEE42",
    "https://aws.amazon.com/some/path", "https://aax-eu.amazon-adsystem.com/x/c/abc/https://example.com/dp/B0C0FFEE42",
]

FOREIGN = [
    "https://example.com/dp/B08N5WRWNW", "https://amazon.com.evil.example/dp/B08N5WRWNW",
    "https://amazon.de.evil.com/dp/B08N5WRWNW", "amazon.de.evil.com/dp/B08N5WRWNW",
    "https://evil-amazon.com/dp/B08N5WRWNW", "https://amazon-aws.com/dp/B08N5WRWNW",
    "https://www.amazon.xx/dp/B08N5WRWNW", "https://www.amazon.cn/dp/B0011C40FC/",
    "https://amazon.com@evil.example/dp/B08N5WRWNW", "https://evil.example@www.amazon.com/dp/B08N5WRWNW",
    "https://evil.example\\@www.amazon.com/dp/B08N5WRWNW", "evil.com/?u=amazon.de/dp/B08N5WRWNW",
    "https://evil.com/?u=https://www.amazon.de/dp/B08N5WRWNW", "evil.com/?u=https://www.amazon.de/dp/B08N5WRWNW",
    "https://evil.com/https://www.amazon.de/dp/B08N5WRWNW", "evil.com%2F%3Fu%3Dhttps%3A%2F%2Fwww.amazon.de%2Fdp%2FB08N5WRWNW",
    "https://evil.com#www.amazon.de/dp/B08N5WRWNW", "https://www.google.com/url?q=https://evil.com/dp/B08N5WRWNW",
    "https://google.com.evil.com/url?q=https://www.amazon.com/dp/B08N5WRWNW", "https://user@amzn.to/abc",
    "https://www.google.com/", "evil.com/dp/B0C0FFEE42", "evil%2Ecom/dp/B0C0FFEE42", "bit.ly/3abcDEF", "www.evil.com",
    "htps://evil.com/dp/B0C0FFEE42", "http://https://evil.com/dp/B0C0FFEE42", "x/ьamazon.de/dp/B0C0FFEE42",
    "ftp://www.amazon.com/dp/B08N5WRWNW", "javascript:alert(1)//www.amazon.com/dp/B08N5WRWNW",
    "https:///dp/B08N5WRWNW", "https://[::1/dp/B08N5WRWNW", "https://ьamazon.de/dp/B08N5WRWNW",
    "https://аmazon.de/dp/B08N5WRWNW", "https://ａｍａｚｏｎ.de/dp/B08N5WRWNW", "https://amazonn.to/B08N5WRWNW",
    "https://notamzn.com/B08N5WRWNW", "me@amazon.de/dp/B08N5WRWNW", "https://localhost/?u=https://www.amazon.de/dp/B08N5WRWNW",
    "https://amazon/dp/B08N5WRWNW", "intent://example.com/dp/B08N5WRWNW#Intent;scheme=https;end",
]

NO_PRODUCT = ["", " ", "\u200e", "B08N5WRWN", "B08N5WRWNWX", "B08N5 WRWNW", "Ｂ08N5WRWNW", "ſ08N5WRWNW", "a nice kettle",
              "iphone/case", "Kettle Wasserfest", "AB-B012345678", "product/Wasserfest", "A_B012345678", "0-306-40615-3", "1234567890 kettle", "x" * 2001]
# fmt: on


def table() -> list[tuple[str, str, str]]:
    """Return marketplace, ASIN, and text of all spellings that name a product."""
    lines = [line.split(None, 2) for line in (REAL + APP_LINKS).strip().splitlines() if line]
    named = [(*name.split(), text) for name, text in SPELLINGS]
    return [(code, asin, text) for code, asin, text in [*lines, *named]]
