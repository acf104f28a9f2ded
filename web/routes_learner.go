package web

import "github.com/gin-gonic/gin"

// MountLearner puts the pages of learners and the public on the router. Read it as the table of contents of these pages: each line names the file
// (noun_verb.go) in which its handler stands.
func (e *Engine) MountLearner(r gin.IRouter, rooms LearnerRooms) {
	l := &learner{e, rooms}

	// Everybody, logged in or not.
	r.GET("/masuk", e.Handle(l.showLogin))             // session_open.go
	r.POST("/masuk", e.Handle(l.login))                //
	r.GET("/masuk/kode", e.Handle(l.showSecond))       // session_prove.go
	r.POST("/masuk/kode", e.Handle(l.proveSecond))     //
	r.POST("/keluar", e.Handle(l.logout))              // session_close.go
	r.GET("/aktivasi", e.Handle(l.showActivation))     // account_activate.go
	r.POST("/aktivasi", e.Handle(l.activate))          //
	r.GET("/penyiapan/:token", e.Handle(l.showSetup))  // account_setup.go
	r.POST("/penyiapan/:token", e.Handle(l.setUp))     //
	r.GET("/lupa-sandi", e.Handle(l.showForgotten))    // password_reset.go
	r.POST("/lupa-sandi", e.Handle(l.requestReset))    //
	r.GET("/lupa-sandi/:token", e.Handle(l.showReset)) //
	r.POST("/lupa-sandi/:token", e.Handle(l.reset))    //
	r.GET("/privasi", e.Handle(l.showPrivacy))         // privacy_show.go
	r.GET("/istilah", e.Handle(l.showTerms))           // terms_show.go
	r.GET("/periksa", e.Handle(l.showCheck))           // certificate_check.go
	r.POST("/periksa", e.Handle(l.check))              //
	for _, bare := range []string{"/v", "/v/", "/V", "/V/"} {
		r.GET(bare, e.Handle(l.checkNone)) //
	}
	r.GET("/v/:code", e.Handle(l.checkCode)) //
	r.GET("/V/:code", e.Handle(l.checkCode)) // as QR codes write it

	in := r.Group("", l.insiders)
	in.GET("/", e.Handle(l.showHome)) // home_show.go

	// Learning.
	in.GET("/katalog", e.Handle(l.showCatalogue))                                     // catalogue_show.go
	in.GET("/kursus/:code", e.Handle(l.showCourse))                                   // course_show.go
	in.POST("/kursus/:code", e.Handle(l.enrol))                                       // course_enrol.go
	in.POST("/kursus/:code/angkatan", e.Handle(l.joinCohort))                         // cohort_join.go
	in.GET("/belajar/:enrolment", e.Handle(l.showProgress))                           // enrolment_show.go
	in.GET("/belajar/:enrolment/pelajaran/:lesson", e.Handle(l.showLesson))           // lesson_read.go
	in.POST("/belajar/:enrolment/pelajaran/:lesson", e.Handle(l.readLesson))          //
	in.GET("/belajar/:enrolment/tes/:quiz", e.Handle(l.showQuiz))                     // attempt_start.go
	in.POST("/belajar/:enrolment/tes/:quiz", e.Handle(l.startAttempt))                //
	in.GET("/belajar/:enrolment/tugas/:task", e.Handle(l.showWork))                   // fieldwork_do.go
	in.POST("/belajar/:enrolment/tugas/:task", e.Handle(l.handInWork))                //
	in.POST("/belajar/:enrolment/tugas/:task/mulai", e.Handle(l.beginWork))           //
	in.POST("/belajar/:enrolment/tugas/:task/simpan", e.Handle(l.saveWork))           //
	in.GET("/belajar/:enrolment/tugas/:task/berkas/:file", e.Handle(l.showWorkFile))  //
	in.POST("/belajar/:enrolment/tugas/:task/keberatan", e.Handle(l.objectToWork))    // mark_object.go
	in.GET("/tugas-staf", e.Handle(l.listStaffTasks))                                 // fieldwork_judge.go
	in.GET("/tugas-staf/:marking", e.Handle(l.staff(l.showStaffTask)))                //
	in.POST("/tugas-staf/:marking", e.Handle(l.staff(l.judgeStaffTask)))              //
	in.POST("/tugas-staf/:marking/ambil", e.Handle(l.staff(l.claimStaffTask)))        //
	in.POST("/tugas-staf/:marking/simpan", e.Handle(l.staff(l.saveMark)))             //
	in.GET("/tugas-staf/:marking/berkas/:file", e.Handle(l.staff(l.showMarkingFile))) //
	in.GET("/percobaan/:attempt", e.Handle(l.showAttempt))                            // attempt_take.go
	in.POST("/percobaan/:attempt", e.Handle(l.saveAttempt))                           //
	in.POST("/percobaan/:attempt/simpan", e.Handle(l.saveAnswer))                     // attempt_save.go
	in.POST("/percobaan/:attempt/berkas", e.Handle(l.saveFile))                       // attempt_files.go
	in.GET("/percobaan/:attempt/berkas/:item/:file", e.Handle(l.showOwnFile))         //
	in.POST("/percobaan/:attempt/kabar", e.Handle(l.pulse))                           // exam_door.go
	in.GET("/percobaan/:attempt/periksa", e.Handle(l.reviewAnswers))                  // attempt_submit.go
	in.POST("/percobaan/:attempt/kumpulkan", e.Handle(l.submitAttempt))               //
	in.GET("/percobaan/:attempt/tunggu", e.Handle(l.awaitAttempt))                    // attempt_await.go
	in.GET("/percobaan/:attempt/aliran", e.Handle(l.streamAttempt))                   //
	in.GET("/percobaan/:attempt/sertifikat", e.Handle(l.streamCertificate))           //
	in.GET("/percobaan/:attempt/hasil", e.Handle(l.showResult))                       // attempt_result.go
	in.POST("/percobaan/:attempt/keberatan", e.Handle(l.objectToMark))                // mark_object.go

	// What one has.
	in.GET("/sertifikat", e.Handle(l.listCertificates))            // certificate_list.go
	in.GET("/sertifikat/:id", e.Handle(l.showCertificate))         // certificate_show.go
	in.GET("/sertifikat/:id/pdf", e.Handle(l.downloadCertificate)) // certificate_download.go
	in.GET("/sertifikat/:id/aliran", e.Handle(l.watchCertificate)) // attempt_await.go
	in.GET("/berkas/:name", e.Handle(l.showFile))                  // file_show.go
	in.GET("/kompetensi", e.Handle(l.showCompetencies))            // competency_show.go
	in.GET("/jabatan", e.Handle(l.showMyPosts))                    // post_list.go
	in.GET("/jp", e.Handle(l.showHours))                           // hours_show.go
	in.POST("/jp", e.Handle(l.addHours))                           // hours_add.go
	in.GET("/kalender", e.Handle(l.showCalendar))                  // calendar_show.go
	in.GET("/kalender/berkas", e.Handle(l.downloadCalendar))       //
	in.GET("/kotak-masuk", e.Handle(l.showInbox))                  // inbox_show.go
	in.POST("/kotak-masuk", e.Handle(l.readNotice))                //

	// One's own account.
	in.GET("/akun", e.Handle(l.showAccount))           // account_show.go
	in.POST("/akun", e.Handle(l.changePreferences))    //
	in.GET("/akun/sandi", e.Handle(l.showPassword))    // password_change.go
	in.POST("/akun/sandi", e.Handle(l.changePassword)) //
	in.GET("/akun/kode", e.Handle(l.showSecondSetup))  // second_setup.go
	in.POST("/akun/kode", e.Handle(l.setUpSecond))     //
	in.GET("/akun/sesi", e.Handle(l.showSessions))     // session_list.go
	in.POST("/akun/sesi", e.Handle(l.endSession))      //
	in.GET("/akun/token", e.Handle(l.showTokens))      // token_add.go
	in.POST("/akun/token", e.Handle(l.addToken))       //
	in.GET("/akun/data", e.Handle(l.showData))         // data_show.go
	in.GET("/akun/dilihat", e.Handle(l.showViewers))   // viewer_list.go
}
